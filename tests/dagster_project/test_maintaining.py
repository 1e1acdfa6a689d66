"""`outcomes maintain`: what is older than portfolio.yml keeps goes, and nothing that is needed."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterInstance, job, op
from ulid import ULID

from dagster_project import maintaining
from dagster_project.maintaining import Maintained, maintain
from dagster_project.settings import Workspace, workspace
from sources import loads
from tests.end_to_end.harness import ROOT, TINY, copy_portfolio, outcomes, replace

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=100)


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A portfolio whose teams have landed twice."""
    portfolio = copy_portfolio(TINY, tmp_path / "portfolio")
    replace(portfolio / "portfolio.yml", "generated: true", "generated: true\nkeep_loads_days: 30\nkeep_audit_days: 30")
    assert outcomes("land", home=tmp_path, portfolio=portfolio).exit_code == 0
    with (portfolio / "feeds" / "teams.csv").open("a") as file:
        file.write("T9,Another,,,\n")
    assert outcomes("land", home=tmp_path, portfolio=portfolio).exit_code == 0
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(portfolio))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return workspace()


def of_kind(done: list[Maintained], what: str) -> Maintained:
    return next(one for one in done if one.what == what)


def test_a_replaced_load_goes_once_it_is_old_enough(space: Workspace) -> None:
    before = loads.folders(space.home)
    assert of_kind(maintain(space, NOW), "replaced loads").removed == 0
    done = of_kind(maintain(space, LATER), "replaced loads")
    assert (done.removed, done.kept) == (1, len(before) - 1)
    assert len(loads.folders(space.home, feed="teams")) == 1
    assert not list((space.home / "tmp").iterdir())


def test_a_replaced_load_that_its_source_would_land_again_stays(space: Workspace, tmp_path: Path) -> None:
    portfolio = tmp_path / "portfolio"
    lines = (portfolio / "feeds" / "teams.csv").read_text().splitlines(keepends=True)
    (portfolio / "feeds" / "teams.csv").write_text("".join(lines[:-1]))  # what the first load shows
    newest = max(loads.folders(space.home, feed="teams"))
    shutil.rmtree(newest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loads.Frozen, "in_use", frozenset[int]())  # as if it were replaced
        maintain(space, LATER)
    assert loads.folders(space.home, feed="teams")


def test_replaced_loads_stay_forever_by_default(space: Workspace, tmp_path: Path) -> None:
    replace(tmp_path / "portfolio" / "portfolio.yml", "\nkeep_loads_days: 30", "")
    before = loads.folders(space.home)
    maintain(workspace(), LATER)
    assert loads.folders(space.home) == before


def test_check_records_go_but_the_newest_and_those_of_versions(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(ULID.from_datetime(NOW + timedelta(days=days))) for days in range(4)]
    (space.home / "audit").mkdir()
    for name in (*names, "by-hand"):
        (space.home / "audit" / f"refresh={name}.parquet").write_bytes(b"1234")

    class Kept:
        version = names[1]

    def kept(_: Path) -> list[type[Kept]]:
        return [Kept]

    monkeypatch.setattr(maintaining.versions, "list_versions", kept)
    done = of_kind(maintain(space, LATER), "check records")
    left = {path.stem.partition("=")[2] for path in (space.home / "audit").iterdir()}
    assert left == {names[1], "by-hand"} and (done.removed, done.size_bytes) == (3, 12)


def test_dagsters_old_runs_go_with_their_files_but_the_newest_ten(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @op
    def nothing() -> None:
        print("done")

    @job
    def small() -> None:
        nothing()

    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with DagsterInstance.get() as instance:
        runs = [small.execute_in_process(instance=instance).run_id for _ in range(12)]
    assert of_kind(maintain(space, NOW), "Dagster's runs").removed == 0
    done = of_kind(maintain(space, LATER), "Dagster's runs")
    assert (done.removed, done.kept) == (2, 10)
    with DagsterInstance.get() as instance:
        assert {record.dagster_run.run_id for record in instance.get_run_records()} == set(runs[2:])
    named = [path for path in home.rglob("*") if any(run in path.as_posix() for run in runs[:2])]
    assert named == []


def test_where_dagster_was_never_started_there_is_no_run(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(space.home / "dagster"))

    done = of_kind(maintain(space, NOW), "Dagster's runs")

    assert (done.removed, done.kept) == (0, 0) and not (space.home / "dagster").exists()


@pytest.mark.usefixtures("space")
def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    said = outcomes("maintain", home=tmp_path, portfolio=tmp_path / "portfolio")
    assert said.exit_code == 0, said.err
    assert "replaced loads: 0 removed (0.0 MB)" in said.out and "check records: 0 removed" in said.out


def test_a_home_in_which_nothing_has_landed(tmp_path: Path) -> None:
    said = outcomes("maintain", home=tmp_path, portfolio=TINY)
    assert said.exit_code == 2 and "nothing has landed yet" in said.err
