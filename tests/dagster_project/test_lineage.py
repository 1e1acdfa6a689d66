"""Which metrics a check that warned is about."""

from pathlib import Path

import duckdb
import pytest

from dagster_project.lineage import with_metrics
from expectations.records import CheckRecord

WARNED = CheckRecord(
    check_name="made_up", suite="gx", object_name="stage.landing.loads", severity="warn", status="warned"
)


@pytest.fixture
def build(tmp_path: Path) -> tuple[Path, Path]:
    """An empty warehouse and an empty stage."""
    for name in ("warehouse", "stage"):
        duckdb.connect(str(tmp_path / f"{name}.duckdb")).close()
    return tmp_path / "warehouse.duckdb", tmp_path / "stage.duckdb"


def metrics(build: tuple[Path, Path], **said: object) -> tuple[str, ...]:
    [record] = with_metrics([WARNED.model_copy(update=said)], *build)
    return record.metrics


def test_rows_that_name_feeds_are_about_the_metrics_that_need_these(build: tuple[Path, Path]) -> None:
    found = metrics(build, rows_sql="select unnest(['survey_responses', 'nothing']) as feed")
    assert "nps" in found and "cost" not in found and found == tuple(sorted(found))


def test_rows_that_name_metrics_are_about_these(build: tuple[Path, Path]) -> None:
    assert metrics(build, rows_sql="select unnest(['nps', 'nps', 'unknown']) as metric_name") == ("nps",)


def test_other_rows_are_about_the_metrics_computed_from_the_table(build: tuple[Path, Path]) -> None:
    found = metrics(build, object_name="stage.landing.survey_responses", rows_sql="select 1 as record")
    assert "nps" in found and "cost" not in found


def test_a_check_that_passed_is_about_no_metric(build: tuple[Path, Path]) -> None:
    assert metrics(build, status="passed", rows_sql="select 'nps' as metric_name") == ()
