"""Comparing a metric with its recomputation: agreement passes, and each kind of disagreement is caught where it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import measure
from expectations import landed
from expectations.database import open_build
from expectations.recomputations import check_name, recomputation_sql, run_recomputations
from expectations.records import NO_AUDIT, CheckRecord, Earlier
from sources.common.contents import Contents
from tests.expectations.builds import spoil

METRICS = measure.metrics()
Records = dict[str, CheckRecord]


def _records(
    build: tuple[Path, Path], *metrics: str, earlier: Earlier = NO_AUDIT, seen: dict[str, str] | None = None
) -> Records:
    """The records of these metrics, else of all, by check."""
    found = run_recomputations(*build, [METRICS[name] for name in metrics or METRICS], earlier=earlier, seen=seen)
    return {record.check_name: record for record in found}


@pytest.fixture(scope="module")
def seen() -> dict[str, str]:
    """What the landed relations of the sound build hold."""
    return {}


@pytest.fixture(scope="module")
def sound(sound_build: tuple[Path, Path], seen: dict[str, str]) -> Records:
    """What the recomputations say of the sound build."""
    return _records(sound_build, seen=seen)


def _unpassed(build: tuple[Path, Path], sound: Records, seen: dict[str, str], *metrics: str) -> list[CheckRecord]:
    """The records of these metrics that failed, and those that compared nothing where the sound build compares.

    A metric's comparison reads no other metric. The sound build is small: golden cases hold what it has no rows for.
    It was published before, so that a record of it that stood for what was spoilt would hide it.
    """
    earlier = Earlier(records={(record.suite, record.check_name): record for record in sound.values()})
    return [
        record
        for name, record in _records(build, *metrics, earlier=earlier, seen={**seen}).items()
        if record.status != "passed" and sound[name].status == "passed"
    ]


def test_a_sound_build_agrees_with_every_recomputation(sound: Records) -> None:
    assert list(sound) == [check_name(name, dimension) for name, m in METRICS.items() for dimension in m.dimensions]
    assert [(r.check_name, r.observed) for r in sound.values() if r.status not in ("passed", "not_compared")] == []
    assert {name for name, record in sound.items() if record.status == "passed"} >= {
        "delivered_total", "on_time_rate_total", "lead_time_days_p50_total", "cost_total", "revenue_total",
        "budget_variance_total", "approval_rate_total", "nps_total", "roi_total",
    }  # fmt: skip


@pytest.fixture(scope="module")
def slightly_wrong(
    sound_build: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Records]]:
    """A build in which one cell a metric and dimension is off by 1e-8 relative, and what the recomputations say of it."""
    folder = tmp_path_factory.mktemp("wrong")
    warehouse, stage = (Path(shutil.copy(path, folder)) for path in sound_build)
    spoil(
        warehouse,
        """
        update metrics.fct_metric_values set value = value * (1 + 1e-8) + 1e-11 where metric_value_key in (
            select min(metric_value_key) from metrics.fct_metric_values
            where value is not null and n > 0 group by metric_name, dimension_name
        )
        """,
    )
    records = _records((warehouse, stage))
    with open_build(warehouse, stage) as connection:
        yield connection, records


@pytest.mark.parametrize("metric", METRICS)
def test_each_recomputation_catches_a_wrong_value_and_shows_it_alone(
    metric: str, slightly_wrong: tuple[duckdb.DuckDBPyConnection, Records]
) -> None:
    connection, records = slightly_wrong
    measured = connection.execute(
        "select distinct dimension_name from metrics.fct_metric_values where metric_name = ? and n > 0 and value is not null",
        [metric],
    ).fetchall()
    compared = None  # all dimensions show their rows by the same SELECT, with another condition
    for dimension in METRICS[metric].dimensions:
        record = records[check_name(metric, dimension)]
        if (dimension,) not in measured:  # golden cases hold what this small build has no rows for
            assert record.status in ("not_compared", "passed")
            continue
        assert record.status == "failed"
        assert "differs" in str(record.observed)
        assert '"verdict": "differs"' in str(record.sample)
        select, _, condition = str(record.rows_sql).rpartition("\n) where ")
        if select != compared:
            connection.execute(f"create or replace temp table rows_of_checks as {select})")
            compared = select
        rows = connection.execute(f"from rows_of_checks where {condition}").fetchall()
        assert len(rows) == record.failing_rows == 1


APRIL = "grain = 'month' and period_start = '2025-04-01' and dimension_name = 'total'"
MAY = "grain = 'month' and period_start = '2025-05-01' and dimension_name = 'total'"


@pytest.mark.parametrize(
    ("kind", "check", "statement"),
    [
        ("differs", "delivered_total", f"update {{}} set n = n + 1 where metric_name = 'delivered' and {APRIL}"),
        ("differs", "nps_total", "update {} set value = 'nan' where metric_name = 'nps' and {all_total}"),
        ("differs", "nps_total", "update {} set value = 'infinity' where metric_name = 'nps' and {all_total}"),
        ("null_beside_value", "roi_total", "update {} set value = null where metric_name = 'roi' and {all_total}"),
        ("null_beside_zero", "cost_total", f"update {{}} set value = null where metric_name = 'cost' and {MAY}"),
        ("not_recomputed", "delivered_total", f"update {{}} set value = 1 where metric_name = 'delivered' and {MAY}"),
        ("not_recomputed", "cost_total", f"update {{}} set n = 1 where metric_name = 'cost' and {MAY}"),
        # NULL treated as 0: a median of nothing is not 0
        (
            "not_recomputed",
            "lead_time_days_p50_total",
            f"update {{}} set value = 0 where metric_name = 'lead_time_days_p50' and {MAY}",
        ),
        # a count of rows beside a value that isn't measured
        (
            "not_recomputed",
            "lead_time_days_p50_total",
            f"update {{}} set n = 1 where metric_name = 'lead_time_days_p50' and {MAY}",
        ),
        ("not_published", "cost_total", f"delete from {{}} where metric_name = 'cost' and {APRIL}"),
        (
            "not_published",
            "cost_by_team",
            (
                "update {} set member_key = 7, member_id = 'T7' where metric_name = 'cost' and grain = 'all' "
                "and member_id = 'T1' and dimension_name = 'team'"
            ),
        ),
        # zero outside the known time
        (
            "not_covered",
            "delivered_total",
            (
                "insert into {} select * replace ('2024-12-01' as period_start, 0 as value, 0 as n) from {} "
                f"where metric_name = 'delivered' and {MAY}"
            ),
        ),
    ],
)
def test_each_kind_of_disagreement_is_caught(
    kind: str, check: str, statement: str, a_build: tuple[Path, Path], sound: Records, seen: dict[str, str]
) -> None:
    table = "metrics.fct_metric_values"
    filled = statement.replace("{all_total}", "grain = 'all' and dimension_name = 'total'").replace("{}", table)
    spoil(a_build[0], filled)
    [metric] = [name for name, m in METRICS.items() if check in [check_name(name, d) for d in m.dimensions]]
    failed = _unpassed(a_build, sound, seen, metric)
    assert [(record.check_name, record.status) for record in failed] == [(check, "failed")]
    assert kind in str(failed[0].observed)


def test_a_value_in_uncovered_time_is_not_measured(
    a_build: tuple[Path, Path], sound: Records, seen: dict[str, str]
) -> None:
    """The feed covers June only: published April and May cells are failures, the whole time is not."""
    spoil(
        a_build[1], "update landing.loads set covers = [['2025-06-01', '2025-07-01']] where feed = 'survey_responses'"
    )
    asked = [name for name, metric in METRICS.items() if "survey_responses" in metric.meta.feeds]
    failed = {record.check_name for record in _unpassed(a_build, sound, seen, *asked, "cost", "delivered")}
    assert failed == {check_name(name, d) for name in ("approval_rate", "nps") for d in METRICS[name].dimensions}


def test_null_beside_null_is_not_compared_and_does_not_block(
    a_build: tuple[Path, Path], sound: Records, seen: dict[str, str]
) -> None:
    warehouse, stage = a_build
    spoil(stage, "delete from landing.survey_responses where survey_type = 'nps'")
    spoil(warehouse, "update metrics.fct_metric_values set value = null, n = 0 where metric_name = 'nps'")
    unpassed = _unpassed(a_build, sound, seen, "nps")
    assert {(record.check_name, record.status) for record in unpassed} == {
        ("nps_total", "not_compared"), ("nps_by_product", "not_compared"), ("nps_by_team", "not_compared"),
        ("nps_by_customer_segment", "not_compared"),
    }  # fmt: skip
    assert not any(record.blocks for record in unpassed)


def test_a_dimension_without_a_recomputation_is_not_published(a_build: tuple[Path, Path]) -> None:
    spoil(a_build[0], "update metrics.fct_metric_values set dimension_name = 'team' "
          "where metric_name = 'approval_rate' and dimension_name = 'product' and grain = 'year'")  # fmt: skip
    failed = {name for name, record in _records(a_build, "approval_rate").items() if record.status == "failed"}
    assert failed == {"approval_rate_by_product", "approval_rate_by_team"}


def test_a_recomputation_that_cannot_run_is_an_error(
    a_build: tuple[Path, Path], sound: Records, seen: dict[str, str]
) -> None:
    with duckdb.connect(str(a_build[1])) as connection:
        connection.execute("drop table landing.survey_responses")
    failed = _unpassed(a_build, sound, seen, "nps", "cost", "delivered", "roi")
    assert {(r.check_name, r.status) for r in failed} == {
        (check_name("nps", d), "error") for d in METRICS["nps"].dimensions
    }
    assert all(record.blocks for record in failed)


@pytest.mark.parametrize(
    ("metric", "change", "is_valid"),
    [
        ("nps", "update landing.settings set as_of_at = as_of_at + interval 1 second", True),
        ("nps", "update landing.settings set as_of_at = as_of_at - interval 1 year", False),
        ("nps", "update landing.survey_responses set score = 0", False),
        ("nps", "update landing.support_tickets set opened_at = opened_at - interval 1 day", True),
        ("smart_share", "update landing.settings set as_of_at = as_of_at + interval 1 second", False),  # it names it
    ],
)
def test_a_comparison_of_the_same_rows_is_still_valid(
    metric: str,
    change: str,
    is_valid: bool,
    a_build: tuple[Path, Path],
    sound: Records,
    seen: dict[str, str],
) -> None:
    before = Earlier(records={(record.suite, record.check_name): record for record in sound.values()})
    spoil(a_build[1], change)
    (name, *_) = found = _records(a_build, metric, earlier=before, seen={**seen})
    assert (found[name].checked_at == sound[name].checked_at) is is_valid


def test_only_relations_that_can_hold_other_rows_are_made(sound_build: tuple[Path, Path]) -> None:
    sql = recomputation_sql("nps")
    with open_build(*sound_build) as connection:
        first = landed.Looked(Contents.of_build(connection))
        held = first.of(connection, sql)
        made = "select count(*) from duckdb_tables() where database_name = 'feed'"
        assert connection.execute(made).fetchall() > [(0,)]
    with open_build(*sound_build) as connection:
        again = landed.Looked(Contents.of_build(connection), first.found)
        assert (again.of(connection, sql), again.found) == (held, first.found)
        assert connection.execute(made).fetchall() == [(0,)]
