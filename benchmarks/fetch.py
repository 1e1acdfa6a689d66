"""What fetching issues with their whole history costs, and landing them.

Run: .venv/bin/python benchmarks/fetch.py [--issues N] [--changes N]

A server on this machine, in a process of its own, answers as Jira's search and change log do, with generated issues:
a hundred a page, the histories of a thousand at once. `outcomes fetch` pulls all of them, and `outcomes land` lands
them, each in a process of its own, whose processor time and peak memory are measured; beside the same two for a site
without issues, which is what the interpreter and its libraries take. Answers aren't compressed. Prints Markdown.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in KiB, on macOS in bytes
PAGE = 100
STATUSES = [("1", "To do", "new"), ("3", "Doing", "indeterminate"), ("5", "Done", "done")]
EMPTY: dict[str, Any] = {
    "status": [
        {"id": n, "name": name, "statusCategory": {"id": int(n), "key": key, "name": name}} for n, name, key in STATUSES
    ],
    "project": {"values": [{"id": "0", "key": "ABC", "name": "Alpha"}], "isLast": True},
    "worklog": {"values": [], "since": 0, "until": 5, "lastPage": True},
}
NOW = "2025-03-01T10:00:00.000+0000"


def issue(number: int) -> str:
    """An issue, as JSON."""
    title = hashlib.sha256(str(number).encode()).hexdigest()  # as hard to compress as text is, or harder
    fields: dict[str, Any] = {
        "summary": f"{title} {number}",
        "status": EMPTY["status"][2],
        "statuscategorychangedate": NOW,
        "issuetype": {"id": "1", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "project": {"id": "0", "key": "ABC", "name": "Alpha"},
        "parent": None,
        "assignee": {"accountId": f"712020:{number % 50}", "displayName": "Somebody", "active": True},
        "created": f"2025-01-{number % 28 + 1:02}T10:00:00.000+0000",
        "updated": NOW,
        "duedate": "2025-03-15",
        "resolution": {"id": "1", "name": "Done"},
        "resolutiondate": NOW,
        "customfield_10016": 3.5,
        "fixVersions": [],
    }
    address = f"https://acme.example/rest/api/3/issue/{number}"
    return json.dumps({"id": str(number), "key": f"ABC-{number}", "self": address, "fields": fields})


def history(number: int, changes: int) -> str:
    """The changes of an issue, as JSON."""
    moves = [STATUSES[nth % 3] for nth in range(changes + 1)]
    listed = [
        {
            "id": str(number * 100 + nth),
            "author": {"accountId": f"712020:{number % 50}", "displayName": "Somebody", "active": True},
            "created": f"2025-02-{nth % 27 + 1:02}T{number % 24:02}:{number % 59:02}:00.000+0000",
            "items": [
                {
                    "field": "status", "fieldId": "status", "fieldtype": "jira",
                    "from": before[0], "fromString": before[1], "to": after[0], "toString": after[1],
                }
            ],
        }
        for nth, (before, after) in enumerate(pairwise(moves))
    ]  # fmt: skip
    return json.dumps({"issueId": str(number), "changeHistories": listed})


def serve(issues: int, changes: int) -> None:
    """Answer until the process is ended; the first line of its output is its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None: ...

        def do_GET(self) -> None:
            self._say(json.dumps([] if "versions" in self.path else EMPTY[self.path.split("/")[4].partition("?")[0]]))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "jql" in asked:
                start = int(asked.get("nextPageToken", 0))
                stop = min(issues, start + PAGE)
                more = f', "nextPageToken": "{stop}"' if stop < issues else ""
                listed = ",".join(map(issue, range(start + 1, stop + 1)))
                self._say(f'{{"issues": [{listed}], "isLast": {json.dumps(stop == issues)}{more}}}')
            else:
                listed = ",".join(history(int(number), changes) for number in asked.get("issueIdsOrKeys", []))
                self._say(f'{{"issueChangeLogs": [{listed}]}}')

        def _say(self, body: str) -> None:
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def server(issues: int, changes: int) -> Iterator[str]:
    """The address of a server in a process of its own."""
    line = [sys.executable, __file__, "--serve", "--issues", str(issues), "--changes", str(changes)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


class Cost(NamedTuple):
    """What a process took: wall and processor seconds, and its peak memory in MB."""

    wall: float
    cpu: float
    peak: float
    said: str


def run(folder: Path, *arguments: str) -> Cost:
    """One `outcomes` command. Raises RuntimeError where it fails."""
    line = ("-m", "dagster_project.cli", *arguments, "--portfolio", folder / "mine")
    return cost(*line, OUTCOMES_HOME=str(folder / "home"), OUTCOMES_JIRA_TOKEN="none")


def cost(*line: str | Path, **environment: str) -> Cost:
    """One process of this Python. Raises RuntimeError where it fails."""
    return cost_of([sys.executable, *line], PROJECT, **environment)


def cost_of(line: Sequence[str | Path], folder: Path, **environment: str) -> Cost:
    """One process, run in a folder. Raises RuntimeError where it fails."""
    env = os.environ | environment
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*map(str, line)], cwd=folder, env=env, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        said.seek(0)
        text = said.read()
    if status:
        raise RuntimeError(text)
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_UNIT / 1e6, text)


class Measured(NamedTuple):
    """What fetching and landing took, of how many records (issues, and their histories), rows and MB of the pull."""

    fetched: Cost
    landed: Cost | None
    records: int
    rows: int
    size: float


def measure(issues: int, changes: int, *, lands: bool) -> Measured:
    """Fetch, and land."""
    folder = Path(tempfile.mkdtemp(prefix="outcomes-fetch-"))
    try:
        (folder / "mine").mkdir()
        with server(issues, changes) as url:
            (folder / "mine" / "portfolio.yml").write_text(
                "name: mine\ntitle: Mine\nreporting_currency: EUR\nsources:\n"
                f"  - {{name: jira, type: jira, url: '{url}', user: me@acme.example,"
                " story_points: customfield_10016}\n"
            )
            fetched = run(folder, "fetch")
        size = sum(path.stat().st_size for path in folder.glob("home/*/pulls/*/*/*.gz")) / 1e6
        (seal,) = folder.glob("home/*/pulls/*/*/pull.json")
        streams = json.loads(seal.read_text())["streams"]
        landed = run(folder, "land") if lands else None
        rows = sum(json.loads(path.read_text())["counts"]["landed_rows"] for path in folder.rglob("load.json"))
        return Measured(fetched, landed, streams["issues"]["rows"] + streams["changelogs"]["rows"], rows, size)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Processor time and memory of fetching and landing issues.")
    parser.add_argument("--issues", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=5)
    parser.add_argument("--fetch-only", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.issues, given.changes)
        return
    bare = measure(0, given.changes, lands=not given.fetch_only)
    fetched, landed, records, rows, size = measure(given.issues, given.changes, lands=not given.fetch_only)
    cpu, peak = fetched.cpu - bare.fetched.cpu, fetched.peak - bare.fetched.peak
    print(f"{given.issues:,} issues with {given.changes} changes each, {size:,.0f} MB compressed.")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}.\n")
    print("| | wall s | CPU s | peak MB | per second |\n|---|---|---|---|---|")
    bare_fetch = f"{bare.fetched.cpu:.1f} s of CPU, {bare.fetched.peak:.0f} MB"
    rates = f"{records / cpu:,.0f} records of CPU, {given.issues / cpu:,.0f} issues"
    wall = fetched.wall - bare.fetched.wall
    print(f"| fetching, beyond a site without issues ({bare_fetch}) | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {rates} |")
    if landed is not None and bare.landed is not None:
        bare_land = f"{bare.landed.cpu:.1f} s of CPU, {bare.landed.peak:.0f} MB"
        wall, cpu = landed.wall - bare.landed.wall, landed.cpu - bare.landed.cpu
        rates = f"{rows / cpu:,.0f} rows of CPU, {rows / wall:,.0f} rows of wall time"
        peak = landed.peak - bare.landed.peak
        print(
            f"| landing {rows:,} rows, beyond the same ({bare_land}) | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {rates} |"
        )


if __name__ == "__main__":
    main()
