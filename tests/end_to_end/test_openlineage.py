"""OpenLineage: a real collector on this machine gets a refresh's events; one that is down fails nothing."""

import json
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import attr
import pytest
from openlineage.client import event_v2, facet_v2

from dagster_project.run import opened
from dagster_project.settings import workspace
from tests.end_to_end.harness import outcomes
from tests.end_to_end.sparse import sparse_portfolio
from tests.receivers import free_port

pytestmark = pytest.mark.xdist_group("openlineage")
NAME = "only_surveys"


@contextmanager
def collector() -> Generator[tuple[str, list[dict[str, Any]]]]:
    """A collector: its address, and what it received at the path of the specification."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/v1/lineage":
                received.append(body)
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()


def asking(folder: Path) -> Path:
    """A small portfolio that asks for events."""
    portfolio = sparse_portfolio(NAME, folder / "portfolio")
    with (portfolio / "portfolio.yml").open("a") as file:
        file.write("\nopenlineage: acme\n")
    return portfolio


@pytest.fixture(autouse=True)
def _unset() -> Generator[None]:
    """The client notes what it found in the environment there, for its next start."""
    yield
    for name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
        os.environ.pop(name)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path]:
    """The events of a refresh that publishes, then of one whose mapping is wrong; and the homes."""
    folder = tmp_path_factory.mktemp("openlineage")
    portfolio = asking(folder)
    with pytest.MonkeyPatch.context() as patch, collector() as (url, events):
        patch.setenv("OPENLINEAGE_URL", url)
        said = outcomes("refresh", home=folder, portfolio=portfolio)
        assert said.exit_code == 0 and "openlineage" not in said.err, said.err
        for path in portfolio.glob("feeds/*"):
            path.write_text("nonsense\n")
        assert outcomes("refresh", home=folder, portfolio=portfolio).exit_code == 1
    return events, folder


def schema(kind: Any) -> str:
    """The address of the JSON schema of one of the client's classes."""
    return kind._get_schema()


def states(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["job"]["name"].removeprefix(f"{NAME}."), event["eventType"]) for event in events]


@pytest.mark.slow
def test_a_refresh_and_its_audit_begin_and_end(told: tuple[list[dict[str, Any]], Path]) -> None:
    assert states(told[0]) == [
        ("refresh", "START"),
        ("audit", "START"),
        ("audit", "COMPLETE"),
        ("refresh", "COMPLETE"),
        ("refresh", "START"),
        ("refresh", "FAIL"),
    ]
    assert len({event["run"]["runId"] for event in told[0]}) == 3
    assert {event["job"]["namespace"] for event in told[0]} == {"acme"}


@pytest.mark.slow
def test_the_end_names_what_was_read_and_published(told: tuple[list[dict[str, Any]], Path]) -> None:
    end = told[0][3]
    assert f"{NAME}.landing.survey_responses" in {one["name"] for one in end["inputs"]}
    [table] = [one for one in end["outputs"] if one["name"] == f"{NAME}.core.fct_survey_responses"]
    assert table["outputFacets"]["outputStatistics"]["rowCount"] > 0
    columns = {one["name"]: one["type"] for one in table["facets"]["schema"]["fields"]}
    assert columns["score"].startswith("decimal")
    read = table["facets"]["columnLineage"]["fields"]["score"]["inputFields"]
    assert read and all(one["namespace"] == "acme" and one["name"].startswith(f"{NAME}.") for one in read)


@pytest.mark.slow
def test_the_audit_says_what_each_check_found(told: tuple[list[dict[str, Any]], Path]) -> None:
    tables = {one["name"]: one["inputFacets"]["dataQualityAssertions"]["assertions"] for one in told[0][2]["inputs"]}
    found = {one["name"]: one for one in tables[f"{NAME}.core.fct_survey_responses"]}
    assert len(found) > 10 and all(one["success"] for one in found.values() if one["severity"] == "error")
    assert told[0][2]["run"]["facets"]["parent"]["run"]["runId"] == told[0][0]["run"]["runId"]


@pytest.mark.slow
def test_a_failure_says_why(told: tuple[list[dict[str, Any]], Path]) -> None:
    assert "could not be landed" in told[0][5]["run"]["facets"]["errorMessage"]["message"]


@pytest.mark.slow
def test_events_are_those_of_the_specification(told: tuple[list[dict[str, Any]], Path]) -> None:
    """Each member of each facet is one of the client's own class of that facet, and what it requires is there."""
    modules = [one for one in vars(facet_v2).values() if isinstance(one, ModuleType)]
    kinds = [one for module in modules for one in vars(module).values() if isinstance(one, type) and attr.has(one)]
    classes = {schema(one): one for one in kinds if hasattr(one, "_get_schema")}
    seen: set[str] = set()
    for event in told[0]:
        assert event["schemaURL"] == schema(event_v2.RunEvent)
        datasets = [*event["inputs"], *event["outputs"]]
        facets = [event["run"]["facets"], event["job"]["facets"]]
        facets += [one.get(kind) or {} for one in datasets for kind in ("facets", "inputFacets", "outputFacets")]
        for facet in (one for group in facets for one in group.values()):
            fields = attr.fields_dict(classes[facet["_schemaURL"]])
            assert facet.keys() - {"_producer", "_schemaURL", "_deleted"} <= fields.keys()
            assert {name for name, field in fields.items() if field.default is attr.NOTHING} <= facet.keys()
            seen.add(facet["_schemaURL"].rpartition("/")[2])
    assert {"SchemaDatasetFacet", "ColumnLineageDatasetFacet", "DataQualityAssertionsDatasetFacet"} <= seen


@pytest.mark.parametrize("is_named", [True, False])
def test_a_collector_that_is_down_or_not_named_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    if is_named:
        monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{free_port()}")
    else:
        monkeypatch.delenv("OPENLINEAGE_URL", raising=False)
    with opened(workspace(asking(tmp_path))) as run:
        pass
    expected = "didn't take the events" if is_named else "no collector is named"
    assert run.failures == [] and expected in " ".join(run.warnings)
