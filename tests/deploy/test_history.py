"""Dagster's history: in SQLite that doesn't wait for the disk, or in a real PostgreSQL; both are kept."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus, Definitions
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

from dagster_project.definitions import defs
from tests.end_to_end.harness import ROOT, TINY
from tests.postgres_server import OWNER, PASSWORD, Server

pytestmark = pytest.mark.xdist_group("definitions")

DATABASE = "dagster_history"


@pytest.fixture(scope="module")
def loaded() -> Definitions:
    return defs()


@contextmanager
def instance_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    """Dagster as a file of deploy/ sets it up, with its home in `folder`."""
    shutil.copy(ROOT / "deploy" / name, folder / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    with DagsterInstance.from_config(str(folder)) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "homes"))
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(TINY))
    return tmp_path


@pytest.fixture
def database(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    postgres.psql("postgres", f"create database {DATABASE}")
    for name, value in (("HOST", "127.0.0.1"), ("PORT", postgres.port), ("USER", OWNER), ("DB", DATABASE)):
        monkeypatch.setenv(f"DAGSTER_PG_{name}", str(value))
    monkeypatch.setenv("DAGSTER_PG_PASSWORD", PASSWORD)
    yield postgres
    postgres.psql("postgres", f"drop database {DATABASE} with (force)")


def run_it(loaded: Definitions, instance: DagsterInstance) -> str:
    """Run the job `freshness`, whose assets have no data; its run."""
    return loaded.resolve_job_def("freshness").execute_in_process(instance=instance).run_id


def test_a_run_is_still_known_after_a_restart(home: Path, loaded: Definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    with instance_of("dagster.yaml", home, monkeypatch) as instance:
        run = run_it(loaded, instance)
    with instance_of("dagster.yaml", home, monkeypatch) as again:
        found = again.get_run_by_id(run)
        assert found is not None and found.status == DagsterRunStatus.SUCCESS and again.all_logs(run)


@pytest.mark.usefixtures("home")
def test_sqlite_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        instance_of("dagster.yaml", tmp_path, monkeypatch),
        create_engine(f"sqlite:///{tmp_path / 'some.db'}").connect() as connection,
    ):
        assert isinstance(connection.connection.dbapi_connection, sqlite3.Connection)
        assert connection.execute(text("pragma synchronous")).scalar() == 0


def test_events_do_not_open_their_files_again(home: Path, loaded: Definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own storage opened the index twice and the run's file once for each."""
    opened = Counter[str]()

    def note(connection: sqlite3.Connection, _record: object) -> None:
        opened[Path(connection.execute("pragma database_list").fetchone()[2]).name] += 1

    with instance_of("dagster.yaml", home, monkeypatch) as instance:
        event.listen(Engine, "connect", note)
        try:
            run = run_it(loaded, instance)
        finally:
            event.remove(Engine, "connect", note)
        assert len(instance.all_logs(run)) > 20
    assert opened[f"{run}.db"] <= 8 and opened["index.db"] <= 8  # to make the file, and once to write


def test_neither_telemetry_nor_a_window_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dagster.yaml",):
        with instance_of(name, home, monkeypatch) as instance:
            assert not instance.telemetry_enabled and not instance.nux_enabled


def test_postgresql_keeps_runs_and_events(
    home: Path, database: Server, loaded: Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with instance_of("dagster-postgres.yaml", home, monkeypatch) as instance:
        run = run_it(loaded, instance)
    with instance_of("dagster-postgres.yaml", home, monkeypatch) as again:
        found = again.get_run_by_id(run)
        assert found is not None and found.status == DagsterRunStatus.SUCCESS
        assert not again.telemetry_enabled and not again.nux_enabled
    assert int(database.psql(DATABASE, f"select count(*) from event_logs where run_id = '{run}'")) > 3


def test_what_dagster_hands_to_its_processes_has_no_password(
    home: Path, database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an argument of its webserver and daemon, which everyone sees in the list of processes."""
    from dagster._serdes import serialize_value

    with instance_of("dagster-postgres.yaml", home, monkeypatch) as instance:
        handed = serialize_value(instance.get_ref())

    assert PASSWORD not in handed and "DAGSTER_PG_PASSWORD" in handed and database.port
