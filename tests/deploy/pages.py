"""Dagster's pages, asked by GraphQL as a person's browser asks them."""

import json
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

REPOSITORIES = """{repositoriesOrError{... on RepositoryConnection{nodes{
    name location{name} jobs{name} schedules{name cronSchedule executionTimezone} sensors{name sensorState{status}}
}}}}"""
LAUNCH = """mutation($params: ExecutionParams!){launchPipelineExecution(executionParams: $params){
    __typename ... on LaunchRunSuccess{run{runId}} ... on PythonError{message}
}}"""
RUN = """query($run: ID!){runOrError(runId: $run){... on Run{status startTime endTime assets{key{path}}}}}"""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class Dagster:
    """It runs; `home` is where the warehouse of its portfolio is."""

    port: int
    home: Path

    def ask(self, query: str, **variables: object) -> Any:
        """The answer to a query of GraphQL."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["data"]

    def selector(self) -> dict[str, str]:
        """What it calls the repository by."""
        found = self.repository()
        return {"repositoryName": found["name"], "repositoryLocationName": found["location"]["name"]}

    def repository(self) -> dict[str, Any]:
        """What it has loaded of the portfolio."""
        [found] = self.ask(REPOSITORIES)["repositoriesOrError"]["nodes"]
        return found

    def launch(self, job: str, *assets: str, config: str = "{}", every: float = 1) -> dict[str, Any]:
        """Launch a job, or of all assets only these, from the page; how the run ended, looked at every so many seconds."""
        chosen: dict[str, Any] = {"pipelineName": job, **self.selector()}
        if assets:
            chosen |= {"assetSelection": [{"path": asset.split("/")} for asset in assets], "assetCheckSelection": []}
        launched = self.ask(LAUNCH, params={"selector": chosen, "mode": "default", "runConfigData": config})
        run = launched["launchPipelineExecution"]["run"]["runId"]
        while (ended := self.ask(RUN, run=run)["runOrError"])["status"] not in ENDED:
            time.sleep(every)
        return ended

    def wait(self, processes: Sequence[Popen[bytes]], log: Path) -> None:
        """Until it has loaded the portfolio."""
        ends = time.monotonic() + 300
        while True:
            running = all(process.poll() is None for process in processes)
            assert running and time.monotonic() < ends, log.read_text()[-3000:]
            try:
                if self.ask(REPOSITORIES)["repositoriesOrError"].get("nodes"):
                    return
            except OSError:
                pass
            time.sleep(1)
