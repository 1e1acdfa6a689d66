"""A refresh on Spark meets a lost executor, a full disk, a table that is wrong, a server, a folder that isn't shared."""

import json
import os
import shutil
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import steps
from dagster_project.dbt_runner import AFTER_METRICS, AFTER_OUTCOME_METRICS
from dagster_project.run import opened
from dagster_project.settings import Workspace, read_portfolio
from dagster_project.spark import SparkError, tables
from dagster_project.spark.engine import WHOLE, Engine
from dagster_project.spark.session import unshared
from tests.dagster_project.spark.conftest import INTERPRETED
from tests.dagster_project.spark.either import OnEither, stopped_while_building
from tests.dagster_project.spark.servers import connect_server, java_below
from tests.dagster_project.spark.sides import of_versions
from tests.end_to_end.harness import Said, clean_environment, command, run, versions

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]


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
    assert "doesn't share" not in doctor.out
    assert built.exit_code == 0, built.err


def test_a_server_ends_what_takes_too_long(tmp_path: Path) -> None:
    """A process has a session of its own or one of a server, not both."""
    code = """
import sys
from dagster_project.spark.session import opened, timed, told
from sources.common.limits import of_machine
from pathlib import Path
slow = "SELECT COUNT(*) AS n FROM RANGE(200000) AS a CROSS JOIN RANGE(200000) AS b WHERE a.id + b.id < 0"
with opened(sys.argv[1], of_machine(), Path()) as session, timed(session, "slow", 2), told("model slow"):
    session.sql(slow).collect()
"""
    with connect_server(tmp_path) as address:
        said = run([sys.executable, "-c", code, address], clean_environment())

    assert "model slow ran for more than 2 seconds, the model_timeout" in said.err


def test_a_folder_that_only_this_process_has_is_not_shared(session: Any, tmp_path: Path) -> None:
    """Its path goes through a file descriptor, which Spark's process lacks."""
    opened_folder = os.open(tmp_path, os.O_DIRECTORY)
    try:
        seen_here_alone = unshared(session, Path(f"/proc/self/fd/{opened_folder}"))
    finally:
        os.close(opened_folder)
    (tmp_path / "written").mkdir()
    not_written = unshared(session, tmp_path)
    shutil.rmtree(tmp_path / "written")

    assert seen_here_alone is not None and "does not exist" in seen_here_alone
    assert not_written is not None and "already exists" in not_written
    assert unshared(session, tmp_path) is None


def test_a_lost_executor_changes_no_figure(on_duckdb: OnEither, killed: object, tmp_path: Path) -> None:
    """What it had computed is computed again by another one, which the cluster starts in its place."""
    assert killed
    cluster = on_duckdb.copied(tmp_path / "homes")
    before = versions(cluster.home)
    settings = INTERPRETED | {
        "spark.master": "local-cluster[2,1,1024]",
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    }
    lost: list[int] = []

    def one_executor(pid: int) -> list[int]:
        lost.extend(java for java in java_below(pid) if is_executor(java))
        return lost[:1]

    with cluster.on(f"spark: {{settings: {json.dumps(settings)}}}\n"):
        said = stopped_while_building(cluster, one_executor, SPARK_HOME=str(spark_home(tmp_path / "spark")))
    logs = list((tmp_path / "spark" / "work").glob("*/*/stderr"))

    assert said.exit_code == 0, said.err
    assert len(versions(cluster.home)) == len(before) + 1
    assert len(lost) == 2 and len(logs) > 2  # a third executor took the place of the first
    first, second = (cluster.home / "serve" / name / "warehouse.duckdb" for name in versions(cluster.home)[-2:])
    assert of_versions(first, second)[0] == {}


def test_a_full_disk_publishes_nothing(session: Any, on_duckdb: OnEither, mounted: Path) -> None:
    assert session
    tight = on_duckdb.copied(mounted)
    before = versions(tight.home)
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
    assert versions(tight.home) == before


@pytest.mark.parametrize(
    ("model", "change", "check"),
    [
        (
            "fct_cost_allocations",
            """update spoilt set allocated_reporting_amount = allocated_reporting_amount + 0.01
            where rowid = (select min(rowid) from spoilt where allocated_reporting_amount > 0)""",
            "allocations_sum_to_ledger",
        ),
        (
            "fct_ledger_entries",
            "delete from spoilt where rowid = (select min(rowid) from spoilt where is_cost)",
            "ledger_entries_match_staging",
        ),
        (
            "fct_metric_values",
            "update spoilt set value = value * 1.001 where metric_name = 'lead_time_days_p85'",
            "lead_time_days_p85_total",
        ),
    ],
    ids=["a cent more", "a row less", "a value that is off"],
)
def test_the_audit_finds_what_is_wrong_in_a_table_of_spark(
    model: str,
    change: str,
    check: str,
    session: Any,
    on_duckdb: OnEither,
    on_spark: Said,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The build that Spark made is kept; one of its tables is built once more, and changed when Spark has written it."""
    assert session and on_spark.exit_code == 0
    run_on_spark = Engine.run

    def run_and_spoil(self: Engine, sql: str, name: str, schema: str, table: str) -> None:
        run_on_spark(self, sql, name, schema, table)
        spoil(self.place(schema, table), self.columns(schema, table), change)

    monkeypatch.setattr(Engine, "run", run_and_spoil)
    copy = on_duckdb.copied(tmp_path / "homes", without="")
    before = versions(copy.home)
    with copy.on(""), opened(workspace(copy)) as refresh:
        for tag in (None, AFTER_METRICS, AFTER_OUTCOME_METRICS):
            steps.build(refresh, tag, [model])
        steps.audit(refresh)
        failed = {record.check_name for record in refresh.records if record.blocks}
        with pytest.raises(steps.StepError, match="the served version is unchanged"):
            steps.publish(refresh)

    assert check in failed
    assert versions(copy.home) == before


def test_a_model_may_take_model_timeout(on_duckdb: OnEither, on_spark: Said, tmp_path: Path) -> None:
    """The build that Spark made is kept; one of its models is built again, in no time at all."""
    assert on_spark.exit_code == 0
    copy = on_duckdb.copied(tmp_path / "homes", without="")
    with copy.on(""):
        space = workspace(copy)
        portfolio = space.portfolio.model_copy(update={"model_timeout": 0})
        with (
            opened(space.model_copy(update={"portfolio": portfolio})) as refresh,
            pytest.raises(SparkError, match="model stg_ledger_entries ran for more than 0 seconds"),
        ):
            steps.build(refresh, None, ["stg_ledger_entries"])


def spoil(files: Path, columns: dict[str, str], change: str) -> None:
    """Change the table `spoilt`, which holds the rows of these files, and write them again."""
    with duckdb.connect() as connection:
        connection.execute(f"create table spoilt as from read_parquet('{files}/*.parquet')")
        before = connection.execute("from spoilt order by all").fetchall()
        connection.execute(change)
        assert connection.execute("from spoilt order by all").fetchall() != before
        shutil.rmtree(files)
        tables.export(connection, "spoilt", columns, files)


def workspace(portfolio: OnEither) -> Workspace:
    """What a refresh of it in this process works on."""
    declared = read_portfolio(portfolio.folder)
    return Workspace(folder=portfolio.folder, home=portfolio.home, portfolio=declared, key=None)


def is_executor(pid: int) -> bool:
    """Whether a Java process runs tasks for a driver."""
    return "CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_text()


def spark_home(folder: Path) -> Path:
    """PySpark's own Spark, with a folder for the work of executors that is no part of the installation."""
    folder.mkdir()
    for part in Path(str(import_module("pyspark").__file__)).parent.iterdir():
        (folder / part.name).symlink_to(part)
    return folder
