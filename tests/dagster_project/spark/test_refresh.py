"""`engine: spark` end to end: the same figures as on DuckDB, and nothing published where Spark fails."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from dagster_project.spark.engine import WHOLE
from tests.dagster_project.spark.servers import connect_server, java_below
from tests.end_to_end.conftest import Portfolio
from tests.end_to_end.harness import (
    ROOT,
    TINY,
    Said,
    changed,
    clean_environment,
    command,
    copy_portfolio,
    environment,
    figures,
    read,
    run,
    versions,
)

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]
LONGEST = 600  # seconds until a refresh has begun to write


class OnEither(Portfolio):
    """A copy of tiny that is refreshed on either engine."""

    def on(self, spark: str) -> Any:
        """With `engine: spark` and these settings in its portfolio.yml."""
        return changed(self.folder, [("portfolio.yml", "name: tiny\n", f"name: tiny\nengine: spark\n{spark}")])

    @property
    def environment(self) -> dict[str, str]:
        """Of a command in a process of its own."""
        return clean_environment(**environment(self.homes, self.folder))


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> OnEither:
    """Refreshed on DuckDB. The fixtures below are one story, each the next command of it."""
    folder = tmp_path_factory.mktemp("tiny")
    portfolio = OnEither(copy_portfolio(TINY, folder / "portfolio"), folder / "homes")
    said = portfolio.run("refresh")
    assert said.exit_code == 0, said.err
    return portfolio


@pytest.fixture(scope="module")
def killed(on_duckdb: OnEither) -> tuple[Said, list[str]]:
    """A refresh whose Spark is killed while it builds, and the versions that there are then."""
    with on_duckdb.on(""):
        process = subprocess.Popen(
            command("refresh"),
            env=on_duckdb.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end, written = monotonic() + LONGEST, on_duckdb.home / "build" / "spark" / "staging"
        while process.poll() is None and len(list(written.glob(f"*/{WHOLE}"))) < 3 and monotonic() < end:
            sleep(0.05)
        for java in list(java_below(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(java, signal.SIGKILL)
        out, err = process.communicate()
    return Said(process.returncode, out, err), versions(on_duckdb.home)


@pytest.fixture(scope="module")
def on_spark(session: Any, on_duckdb: OnEither, killed: object) -> Said:
    """The next refresh, in the session of these tests."""
    assert session and killed
    with on_duckdb.on(""):
        return on_duckdb.run("refresh")


def test_where_spark_is_killed_nothing_is_published(killed: tuple[Said, list[str]]) -> None:
    said, kept = killed

    assert said.exit_code == 1
    assert "could not be run on Spark" in said.err
    assert "Nothing was published" in said.err
    assert "Traceback" not in said.err
    assert len(kept) == 1
    assert [line for line in said.err.splitlines() if line.startswith(("Traceback", "ERROR", "Exception"))] == []


def test_a_server_is_looked_at_and_builds(on_duckdb: OnEither, killed: object, tmp_path: Path) -> None:
    """Of a refresh on a server the staging models alone are built, by the same steps: the rest would take minutes."""
    assert killed
    code = """
from dagster_project.run import opened
from dagster_project.settings import workspace
from dagster_project import model_runner, steps
with opened(workspace()) as run:
    run.same, run.fetches = None, False
    assert steps.freeze(run)
    staging = [name for name, model in model_runner.models().items() if model.schema.endswith('"staging"')]
    built = steps.build(run, None, staging)
    assert {model.name for model in built} == {*staging} and sum(model.rows for model in built) > 0
"""
    with connect_server(tmp_path) as address, on_duckdb.on(f"spark: {{remote: '{address}'}}\n"):
        doctor = run(command("doctor"), on_duckdb.environment)
        built = run([sys.executable, "-c", code], on_duckdb.environment)

    assert f"at {address}" in doctor.out
    assert built.exit_code == 0, built.err


def test_a_full_disk_publishes_nothing(session: Any, on_duckdb: OnEither, mounted: Path) -> None:
    assert session
    tight = OnEither(on_duckdb.folder, mounted)
    shutil.copytree(on_duckdb.home, tight.home, symlinks=True, ignore=shutil.ignore_patterns("build"))
    ended = threading.Event()

    def fill() -> None:
        while not ended.wait(0.05):
            if len(list((tight.home / "build" / "spark" / "staging").glob(f"*/{WHOLE}"))) >= 3:
                free = os.statvfs(mounted)
                with suppress(OSError):  # of what others have filled meanwhile
                    (mounted / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize))
                return

    filling = threading.Thread(target=fill)
    filling.start()
    with on_duckdb.on(""):
        said = tight.run("refresh", "--full")
    ended.set()
    filling.join()

    assert said.exit_code == 1
    assert "no space left" in said.err.lower()
    assert "Traceback" not in said.err
    assert versions(tight.home) == versions(on_duckdb.home)[:1]


def test_a_refresh_on_spark_publishes(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0, on_spark.err
    assert len(versions(on_duckdb.home)) == 2


def test_the_manifest_names_the_engine(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    manifests = [on_duckdb.home / "serve" / version / "manifest.json" for version in versions(on_duckdb.home)]

    assert [json.loads(path.read_text())["engine"].split()[0] for path in manifests] == ["DuckDB", "Spark"]


def test_no_figure_differs_between_the_engines(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    said = on_duckdb.run("diff")

    assert "0 figures restated" in said.out
    assert "Made by DuckDB" in said.out and "by Spark" in said.out
    first, second = (on_duckdb.home / "serve" / name / "warehouse.duckdb" for name in versions(on_duckdb.home))
    assert figures(first) == figures(second)


def test_published_tables_have_the_same_columns_and_comments(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    sql = """
        select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
        where database_name = 'warehouse' union all
        select schema_name, table_name, null, null, comment from duckdb_tables() where database_name = 'warehouse'
        order by all
    """
    first, second = (
        read(on_duckdb.home / "serve" / name / "warehouse.duckdb", sql) for name in versions(on_duckdb.home)
    )

    assert first == second


def test_nothing_new_is_nothing_new_on_spark_too(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    before = versions(on_duckdb.home)

    with on_duckdb.on(""):
        assert on_duckdb.run("refresh").exit_code == 0
    assert versions(on_duckdb.home) == before
