"""The definitions: they load anywhere, cover every package's work, and tie each feed to the page."""

import shutil
import subprocess
import sys
from collections import Counter, deque
from pathlib import Path

import pytest
from dagster import AssetCheckKey, AssetKey, DefaultScheduleStatus, Definitions
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from syrupy.assertion import SnapshotAssertion

from dagster_project import audit, dbt_runner
from dagster_project.definitions import defs
from dagster_project.defs.audit import SHOWN
from dagster_project.defs.freshness import IS_FRESH
from sources.contracts import load_contracts
from tests.end_to_end.harness import ROOT, TINY, clean_environment, copy_portfolio, run

pytestmark = pytest.mark.xdist_group("definitions")

BIN = Path(sys.executable).parent

LOAD = """
from dagster_project.definitions import defs
graph = defs().resolve_asset_graph()
keys = [*graph.get_all_asset_keys(), *(check.asset_key for check in graph.asset_check_keys)]
print(*(key.to_user_string() for key in keys), sep="\\n")
"""


@pytest.fixture(scope="module")
def loaded() -> Definitions:
    return defs()


@pytest.fixture(scope="module")
def graph(loaded: Definitions) -> AssetGraph:
    return loaded.resolve_asset_graph()


def without_network() -> list[str]:
    """What runs a command line in a network of its own, in which there is nothing; empty where that isn't allowed."""
    unshare = shutil.which("unshare")
    tried = [unshare, "--net", "--map-root-user"] if unshare else []
    allowed = bool(tried) and subprocess.run([*tried, "true"], check=False, capture_output=True).returncode == 0
    return tried if allowed else []


def test_they_load_without_environment_secret_or_network(graph: AssetGraph, tmp_path: Path) -> None:
    said = run([*without_network(), sys.executable, "-c", LOAD], clean_environment(HOME=str(tmp_path)), cwd=ROOT)

    assert said.exit_code == 0, said.err
    assert set(said.out.split()) == names(graph)


def names(graph: AssetGraph) -> set[str]:
    """The keys of all assets."""
    return {key.to_user_string() for key in graph.get_all_asset_keys()}


def test_with_a_prefix_every_asset_and_check_has_it(graph: AssetGraph, tmp_path: Path) -> None:
    environment = clean_environment(HOME=str(tmp_path), OUTCOMES_ASSET_PREFIX="sales")
    said = run([sys.executable, "-c", LOAD], environment, cwd=ROOT)

    assert said.exit_code == 0, said.err
    assert set(said.out.split()) == {f"sales/{name}" for name in names(graph)}


def test_asset_keys_are_those_that_people_know(graph: AssetGraph, snapshot: SnapshotAssertion) -> None:
    assert sorted(key.to_user_string() for key in graph.get_all_asset_keys()) == snapshot


def test_every_feed_is_an_asset(graph: AssetGraph) -> None:
    assert {AssetKey(["landing", feed]) for feed in load_contracts()} <= graph.get_all_asset_keys()


def test_every_model_is_an_asset(graph: AssetGraph) -> None:
    models = [node for node in dbt_runner.manifest()["nodes"].values() if node["resource_type"] == "model"]

    assert {AssetKey([node["schema"], node["name"]]) for node in models} <= graph.get_all_asset_keys()
    assert len(models) > 50


def audited(graph: AssetGraph) -> set[AssetCheckKey]:
    """The asset checks of the audit; freshness is no part of a refresh."""
    return {key for key in graph.asset_check_keys if key.name != IS_FRESH}


def test_every_check_is_shown_by_an_asset_check(graph: AssetGraph) -> None:
    assert SHOWN.keys() == set(audit.required())
    assert {shown.key for shown in SHOWN.values()} == audited(graph)
    assert len(SHOWN) > 250


def test_what_is_alike_on_a_table_is_one_asset_check() -> None:
    alike = Counter(shown.key for shown in SHOWN.values())

    assert {key.name for key, count in alike.items() if count > 1 and not key.name.startswith("recomputation_")} <= {
        *("columns", "metrics_lock", "fact_holds_valid_member", "matches_source")
    }


def test_every_asset_check_says_its_rule() -> None:
    assert not [shown.key for shown in SHOWN.values() if not shown.description[:1].isupper()]


def test_every_asset_has_a_group_owners_kinds_and_a_plain_description(graph: AssetGraph) -> None:
    nodes = [graph.get(key) for key in graph.materializable_asset_keys]

    assert not [node.key for node in nodes if node.group_name == "default" or not node.owners or not node.kinds]
    assert not [
        node.key for node in nodes if not node.description or "{{" in node.description or "select" in node.description
    ]


def test_every_model_of_core_has_a_domain() -> None:
    shared = {"bridge", "dim"}  # facts belong to a domain, what all share to none
    core = [node for node in dbt_runner.models().values() if node["schema"] == "core"]

    assert not [
        node["name"]
        for node in core
        if node["config"]["meta"]["dagster"]["group"] == "core_reference"
        and node["name"].partition("_")[0] not in shared
    ]


def test_every_published_column_has_a_type_and_a_description(graph: AssetGraph) -> None:
    for node in dbt_runner.models().values():
        if node["config"]["contract"]["enforced"]:
            schema = graph.get(AssetKey([node["schema"], node["name"]])).metadata["dagster/column_schema"]
            assert not [column for column in schema.columns if column.type == "?" or not column.description]


def test_no_name_is_used_by_two_checks() -> None:
    required = audit.required()

    assert len(set(required)) == len(required)


def descendants(graph: AssetGraph, key: AssetKey) -> set[AssetKey]:
    """All that is made of an asset, by whatever road."""
    found: set[AssetKey] = set()
    todo = deque([key])
    while todo:
        for child in graph.get(todo.popleft()).child_keys - found:
            found.add(child)
            todo.append(child)
    return found


@pytest.mark.parametrize("feed", sorted(load_contracts()))
def test_lineage_runs_unbroken_from_feed_to_page(feed: str, graph: AssetGraph) -> None:
    source, staged = AssetKey(["landing", feed]), AssetKey(["staging", f"stg_{feed}"])

    assert staged in graph.get(source).child_keys
    assert {AssetKey("published_warehouse"), AssetKey("dashboard")} <= descendants(graph, staged)


@pytest.mark.parametrize(
    ("feed", "fact"),
    [
        ("work_items", "fct_deliverables"),
        ("work_item_changes", "fct_work_item_changes"),
        ("ledger_entries", "fct_ledger_entries"),
        ("exchange_rates", "fct_ledger_entries"),
        ("budgets", "fct_budgets"),
        ("benefits", "fct_benefits"),
        ("survey_responses", "fct_survey_responses"),
    ],
)
def test_metrics_are_made_of_facts_and_facts_of_feeds(feed: str, fact: str, graph: AssetGraph) -> None:
    assert AssetKey(["core", fact]) in descendants(graph, AssetKey(["staging", f"stg_{feed}"]))
    assert AssetKey(["metrics", "fct_metric_values"]) in descendants(graph, AssetKey(["core", fact]))


def test_nothing_is_published_that_is_not_audited(graph: AssetGraph) -> None:
    assert graph.get(AssetKey("published_warehouse")).parent_keys == {AssetKey(["audit", "fct_check_results"])}
    assert graph.get(AssetKey("dashboard")).parent_keys == {AssetKey("published_warehouse")}


def test_the_job_refresh_makes_every_asset_and_shows_every_check(loaded: Definitions, graph: AssetGraph) -> None:
    job = loaded.resolve_job_def("refresh")

    assert job.asset_layer.executable_asset_keys == graph.materializable_asset_keys
    assert job.asset_layer.asset_graph.asset_check_keys == audited(graph)


def test_the_job_check_publishes_nothing(loaded: Definitions) -> None:
    made = loaded.resolve_job_def("check").asset_layer.asset_graph.materializable_asset_keys

    assert not {AssetKey("published_warehouse"), AssetKey("dashboard")} & made
    assert AssetKey(["audit", "fct_check_results"]) in made


def test_no_schedule_unless_the_portfolio_asks_for_one(loaded: Definitions) -> None:
    assert (
        list(loaded.resolve_schedule_defs() if hasattr(loaded, "resolve_schedule_defs") else loaded.schedules or [])
        == []
    )


def test_the_portfolio_s_schedule_is_in_its_zone_and_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster_project.defs.jobs import _schedules

    folder = copy_portfolio(
        TINY, tmp_path / "scheduled", {"portfolio.yml": ("as_of:", 'schedule: "0 6 * * 1-5"\nas_of:')}
    )
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(folder))

    [schedule] = _schedules()

    assert schedule.cron_schedule == "0 6 * * 1-5"
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.default_status == DefaultScheduleStatus.STOPPED
    assert schedule.job.name == "refresh"


@pytest.mark.parametrize("cron", ["@daily", "@yearly", "0 6 L * *", "0 6 * * 1#2", "0 6 * JAN MON-FRI", "5/15 * * * 7"])
def test_a_schedule_that_the_portfolio_may_have_is_one_to_dagster(
    cron: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster_project.defs.jobs import _schedules

    folder = copy_portfolio(TINY, tmp_path / "scheduled", {"portfolio.yml": ("as_of:", f'schedule: "{cron}"\nas_of:')})
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(folder))

    assert len(_schedules()) == 1


def test_a_portfolio_that_is_not_there_keeps_nothing_from_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster_project.defs.jobs import _schedules

    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(tmp_path / "nowhere"))

    assert _schedules() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [("dg", "check", "defs"), ("dg", "list", "defs"), ("dagster", "definitions", "validate")],
    ids=" ".join,
)
def test_dagster_s_own_commands_load_it_from_the_root(line: tuple[str, ...], tmp_path: Path) -> None:
    # a home for what these commands note, outside the repository
    env = clean_environment(HOME=str(tmp_path), DAGSTER_HOME=str(tmp_path), PATH=f"{BIN}:/usr/bin:/bin")

    said = run([str(BIN / line[0]), *line[1:]], env, cwd=ROOT)

    assert said.exit_code == 0, said.out + said.err
    if line[1] == "list":
        assert "published_warehouse" in said.out
