"""The lock: formatting does not count, meaning does, and what changed is shown beside what is published."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from dagster_project import dbt_runner, measure
from expectations.database import open_build
from expectations.lock import LOCK, NO_OTHERS, Queries, check_lock, fingerprint, published_sql, read_lock, write_lock
from expectations.metrics import Meta, Metric
from expectations.records import CheckRecord
from tests.expectations.builds import spoil

SQL = "select sum(a.amount) as cost from core.fct_ledger_entries as a where a.posted_date <= date '2025-06-30'"
METRICS = measure.metrics()
COMPILED = measure.sql_by_metric(measure.compile_project())
NEW_VERSION = {"version": 2, "version_since": "2026-02-01", "change_note": "Answers of colleagues are left out."}


def redefined(name: str, **meta: Any) -> dict[str, Metric]:
    """All metrics, one of them with another `meta`."""
    metric = METRICS[name]
    changed = Meta.model_validate(metric.meta.model_dump() | meta)
    return METRICS | {name: metric.model_copy(update={"meta": changed})}


def compiled_otherwise(name: str, old: str, new: str) -> dict[str, Queries]:
    """All compiled SQL, that of one metric with another text in it."""
    queries = {query: sql.replace(old, new) for query, sql in COMPILED[name].items()}
    assert queries != COMPILED[name]
    return COMPILED | {name: queries}


# ---- fingerprints


@pytest.mark.parametrize(
    "same",
    [
        SQL.upper().replace("'2025-06-30'".upper(), "'2025-06-30'"),
        "/* why */ " + SQL.replace(" ", "\n  ") + " -- end",
        SQL.replace("a.", "subq_12.").replace("as a", "AS subq_12"),
        SQL.replace("core.fct", "warehouse.core.fct").replace(" as cost", ' as "cost"'),
    ],
)
def test_formatting_comments_and_aliases_of_the_sql_do_not_count(same: str) -> None:
    assert fingerprint(METRICS["cost"], {"": same}) == fingerprint(METRICS["cost"], {"": SQL})


@pytest.mark.parametrize(
    "other",
    [
        SQL.replace("<=", "<"),
        SQL.replace("sum", "avg"),
        SQL.replace("a.amount", "a.reporting_amount"),
        SQL.replace("06-30", "06-29"),
        SQL.replace("fct_ledger_entries", "fct_budgets"),
        SQL.split(" where ")[0],
    ],
)
def test_a_change_of_the_sql_counts(other: str) -> None:
    assert fingerprint(METRICS["cost"], {"": other}) != fingerprint(METRICS["cost"], {"": SQL})


def test_a_set_of_queries_has_one_fingerprint_whatever_its_order() -> None:
    cost = METRICS["cost"]
    assert fingerprint(cost, {"a": SQL, "b": "select 1"}) == fingerprint(cost, {"b": "select 1", "a": SQL})
    assert fingerprint(cost, {"a": SQL, "b": "select 1"}) != fingerprint(cost, {"a": SQL, "b": "select 2"})
    assert fingerprint(cost, {"a": SQL}) != fingerprint(cost, {"c": SQL})


@pytest.mark.parametrize(
    "meta",
    [{name: value} for name, value in {
        "formula": "x", "unit": "x", "direction": "none", "kind": "output", "valid_min": 1.0, "valid_max": 7.0,
        "minimum_n": 3, "owner": "x", "source": "x", "numerator": "x", "denominator": "x", "n": "x", "excluded": "x",
        "excluded_rows": "incomplete", "interval": "none", "feeds": ("x",), "grains": ("all",),
    }.items()] + [NEW_VERSION, {"when_empty": "zero", "kind_of_rows": "cost"}],
    ids=lambda meta: next(iter(meta)),
)  # fmt: skip
def test_every_key_of_meta_counts(meta: dict[str, Any]) -> None:
    before, after = METRICS["approval_rate"], redefined("approval_rate", **meta)["approval_rate"]
    assert fingerprint(before, {"": SQL}) != fingerprint(after, {"": SQL})


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"label": "Another"}, True),
        ({"type": "simple"}, True),
        ({"type_params": {"expr": "gained - spent", "metrics": []}}, True),
        ({"filter": {"where_filters": [{"where_sql_template": "is_past = false"}]}}, True),
        ({"filter": {"where_filters": [{"where_sql_template": "is_past\n  = TRUE"}]}}, False),
        ({"description": "The same in other words."}, False),
    ],
)
def test_the_definition_counts_but_for_its_description_and_spaces(change: dict[str, Any], counts: bool) -> None:
    filtered = {"filter": {"where_filters": [{"where_sql_template": "is_past = true"}]}}
    before = METRICS["roi"].model_copy(update=filtered)
    after = before.model_copy(update=change)
    assert (fingerprint(before, {"": SQL}) != fingerprint(after, {"": SQL})) is counts


# ---- the file


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A copy of the lock."""
    return Path(shutil.copy(LOCK, tmp_path))


def test_the_lock_is_that_of_the_definitions() -> None:
    """What changed here without a new version stops publishing: outcomes fingerprint."""
    assert read_lock() == {
        name: (metric.meta.version, fingerprint(metric, COMPILED[name])) for name, metric in METRICS.items()
    }


def test_writing_what_did_not_change_changes_nothing(lock: Path) -> None:
    assert write_lock(METRICS, COMPILED, path=lock) == []
    assert lock.read_bytes() == LOCK.read_bytes()


def test_a_change_is_refused_without_a_new_version(lock: Path) -> None:
    with pytest.raises(ValueError, match=r"SQL of approval_rate changed without a new version.*--same-meaning"):
        write_lock(METRICS, compiled_otherwise("approval_rate", "SUM", "MAX"), path=lock)
    with pytest.raises(ValueError, match="definition or SQL of approval_rate changed"):
        write_lock(redefined("approval_rate", minimum_n=3), COMPILED, path=lock)
    assert lock.read_bytes() == LOCK.read_bytes()


def test_a_change_that_means_the_same_changes_one_line(lock: Path) -> None:
    assert write_lock(METRICS, compiled_otherwise("approval_rate", "SUM", "MAX"), ["approval_rate"], lock) == [
        "approval_rate"
    ]
    before, after = LOCK.read_text().splitlines(), lock.read_text().splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [(a.split()[:2], b.split()[:2]) for a, b in changed] == [(["approval_rate", "1"], ["approval_rate", "1"])]


def test_a_raised_version_takes_a_new_fingerprint_and_does_not_fall_again(lock: Path) -> None:
    assert write_lock(redefined("approval_rate", **NEW_VERSION), COMPILED, path=lock) == ["approval_rate"]
    assert read_lock(lock)["approval_rate"].version == 2
    with pytest.raises(ValueError, match="approval_rate changed without a new version"):
        write_lock(METRICS, COMPILED, path=lock)


def test_a_metric_that_came_is_added_and_one_that_went_is_taken_out(lock: Path) -> None:
    without_it = {name: metric for name, metric in METRICS.items() if name != "approval_rate"}
    assert write_lock(without_it, COMPILED, path=lock) == ["approval_rate"]
    assert "approval_rate" not in read_lock(lock)
    assert write_lock(METRICS, COMPILED, path=lock) == ["approval_rate"]
    assert lock.read_bytes() == LOCK.read_bytes()


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "nps 1 0123456789abcdef", "new one 0123456789abcdef"])
def test_a_line_that_cannot_be_read_is_named(line: str, lock: Path) -> None:
    lock.write_text(f"{lock.read_text()}{line}\n")
    with pytest.raises(ValueError, match=f"{line}.* can't be read. To fix"):
        read_lock(lock)


# ---- what a definition must say


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": 2, "version_since": "2026-02-01"},
        {"version": 2, "change_note": "Answers of colleagues are left out."},
        {"version_since": "2026-02-01", "change_note": "Answers of colleagues are left out."},
    ],
)
def test_a_version_after_the_first_says_since_when_and_what_it_changed(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"version .*`version_since`.*`change_note`"):
        Meta.model_validate(METRICS["approval_rate"].meta.model_dump() | change)


@pytest.mark.parametrize(
    ("meta", "cells", "said"),
    [
        ({"version": 0}, [("total", "all")], "meta.version"),
        ({"direction": "sideways"}, [("total", "all")], "meta.direction"),
        ({"kind": "income"}, [("total", "all")], "meta.kind"),
        ({"minimum_n": -1}, [("total", "all")], "meta.minimum_n"),
        ({"interval": "bootstrap"}, [("total", "all")], "meta.interval"),
        ({"when_empty": "nothing"}, [("total", "all")], "meta.when_empty"),
        ({"when_empty": "zero"}, [("total", "all")], "kind_of_rows"),
        ({"feeds": []}, [("total", "all")], "meta.feeds"),
        ({"grains": ["decade"]}, [("total", "all")], "meta.grains"),
        ({"minimum": 3}, [("total", "all")], "meta.minimum: Extra"),
        ({**NEW_VERSION, "change_note": "Other."}, [("total", "all")], "meta.change_note"),
        ({}, [("squad", "all")], "cells"),
        ({}, [], "cells"),
    ],
)
def test_a_wrong_definition_names_file_metric_and_key(
    meta: dict[str, Any], cells: list[tuple[str, str]], said: str
) -> None:
    node = measure.governed(dbt_runner.manifest())["approval_rate"]
    config = {"meta": node["config"]["meta"] | meta}
    with pytest.raises(dbt_runner.DbtError, match=rf"_feedback__metrics.yml: metric approval_rate: .*{said}.*To fix"):
        measure.metric(node | {"config": config}, cells)


# ---- the check


@pytest.fixture(scope="module")
def locked_build(sound_build: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sound build with the metrics' fingerprints, which a build made by hand hasn't."""
    warehouse, stage = (Path(shutil.copy(path, tmp_path_factory.mktemp("locked"))) for path in sound_build)
    with duckdb.connect(str(warehouse)) as connection:
        prints = [(line.fingerprint, name) for name, line in read_lock().items()]
        connection.executemany("update metrics.dim_metric set fingerprint = ? where metric_name = ?", prints)
    return warehouse, stage


@pytest.fixture
def warehouse(locked_build: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of it, to spoil."""
    return Path(shutil.copy(locked_build[0], tmp_path))


def checked(
    metrics: Mapping[str, Metric], compiled: Mapping[str, Queries], *files: Path, **others: Path
) -> list[CheckRecord]:
    """The records of the lock for these definitions, each with its own fingerprint."""
    return check_lock(
        metrics, compiled, {name: fingerprint(metrics[name], compiled[name]) for name in metrics}, *files, **others
    )


def failed(records: list[CheckRecord]) -> dict[str, CheckRecord]:
    """The records that block, by name."""
    assert all(record.suite == "lock" and record.severity == "fail" for record in records)
    return {record.check_name: record for record in records if record.status != "passed"}


def test_definitions_as_they_are_locked_pass(locked_build: tuple[Path, Path]) -> None:
    records = checked(METRICS, COMPILED, locked_build[0])
    assert [record.check_name for record in records] == [*METRICS, NO_OTHERS]
    assert failed(records) == {}


def test_changed_sql_is_shown_beside_what_is_served(locked_build: tuple[Path, Path], warehouse: Path) -> None:
    compiled = compiled_otherwise("cost", "SUM(", "MAX(")
    now = fingerprint(METRICS["cost"], compiled["cost"])
    spoil(
        warehouse,
        f"update metrics.dim_metric set fingerprint = '{now}', compiled_sql = replace(compiled_sql, 'SUM(', 'MAX(') "
        "where metric_name = 'cost'",
    )
    found = failed(checked(METRICS, compiled, warehouse, served=locked_build[0]))
    assert [*found] == ["cost"]
    observed = str(found["cost"].observed)
    assert now in observed and read_lock()["cost"].fingerprint in observed
    assert "its SQL, total by month: - SUM(__cost) AS cost" in observed and "+ MAX(__cost) AS cost" in observed
    assert "also changed: product by month, team by month, initiative by all" in observed
    [first, *_] = json.loads(str(found["cost"].sample))
    assert (first["query"], "SUM(__cost)" in first["old_sql"], "MAX(__cost)" in first["new_sql"]) == (
        "total by month", True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minimum_n": 30}, r"minimum_n 10 published, 30 now\)"),
        (NEW_VERSION, "defined is version 2.*metric_version 1 published, 2 now"),
        ({"excluded_rows": "incomplete"}, r"no published part of it differs"),
    ],
)
def test_a_changed_definition_is_shown_beside_what_is_served(
    change: dict[str, Any], said: str, locked_build: tuple[Path, Path]
) -> None:
    found = failed(checked(redefined("approval_rate", **change), COMPILED, *[locked_build[0]] * 2))
    assert [*found] == ["approval_rate"]
    assert re.search(said, str(found["approval_rate"].observed))


def test_where_nothing_is_served_it_says_so(locked_build: tuple[Path, Path]) -> None:
    found = failed(checked(redefined("approval_rate", minimum_n=30), COMPILED, locked_build[0]))
    assert "the served version has no such metric" in str(found["approval_rate"].observed)


@pytest.mark.parametrize(
    "change",
    ["metric_version = 9", "metric_label = 'x'", "description = 'x'", "formula = 'x'", "unit = 'x'",
     "direction = 'none'", "kind = 'x'", "valid_min = 7", "valid_max = 7", "minimum_n = 3", "owner = 'x'",
     "source = 'x'", "interval_kind = 'nps'", "when_empty = 'not_measured'", "feeds = ['x']",
     "version_since = date '2026-02-01'", "change_note = 'x'", "compiled_sql = 'x'", "fingerprint = 'x'"],
)  # fmt: skip
def test_a_published_definition_that_differs_is_caught(change: str, warehouse: Path) -> None:
    spoil(warehouse, f"update metrics.dim_metric set {change} where metric_name = 'revenue'")
    found = failed(checked(METRICS, COMPILED, warehouse))
    assert [*found] == ["revenue"]
    assert change.partition(" = ")[0] in str(found["revenue"].observed)


def test_every_column_that_is_published_is_held(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        columns = {name for name, *_ in connection.execute("describe metrics.dim_metric").fetchall()}
        connection.execute("create or replace table metrics.dim_metric as select metric_name from metrics.dim_metric")
    said = str(failed(checked(METRICS, COMPILED, warehouse))["enps"].observed)
    unsaid = {name for name in columns if f"{name} " not in said}
    assert unsaid == {"metric_key", "metric_name", "valid_min", "valid_max", "version_since", "change_note"} - {
        name for name in ("valid_min", "valid_max") if getattr(METRICS["enps"].meta, name) is not None
    }


def test_a_metric_without_a_row_or_a_line_is_caught(warehouse: Path, lock: Path) -> None:
    spoil(warehouse, "delete from metrics.dim_metric where metric_name = 'roi'")
    lock.write_text("".join(line for line in lock.read_text().splitlines(True) if not line.startswith("nps ")))
    found = failed(checked(METRICS, COMPILED, warehouse, lock=lock))
    assert [*found] == ["nps", "roi"]
    assert "outcomes fingerprint" in str(found["nps"].observed)
    assert "no row in metrics.dim_metric" in str(found["roi"].observed)


def test_a_metric_that_is_locked_or_published_but_not_defined_is_named(warehouse: Path, lock: Path) -> None:
    spoil(
        warehouse,
        "insert into metrics.dim_metric select * replace ('published' as metric_name) from metrics.dim_metric limit 1",
    )
    lock.write_text(f"{lock.read_text()}locked 1 0123456789abcdef\n")
    found = failed(checked(METRICS, COMPILED, warehouse, lock=lock))
    assert [*found] == [NO_OTHERS]
    assert "locked is not defined; published is not defined" in str(found[NO_OTHERS].observed)


# ---- the SQL that is published


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_s_sql_is_published_once_per_dimension(metric: str) -> None:
    names = [line[3:] for line in published_sql(COMPILED[metric]).splitlines() if line.startswith("-- ")]
    assert sorted(name.partition(" by ")[0] for name in names) == sorted(METRICS[metric].dimensions)
    assert {*names} <= COMPILED[metric].keys()


def test_the_published_sql_gives_the_published_figures(locked_build: tuple[Path, Path]) -> None:
    def rows(sql: str) -> Mapping[Any, Any]:
        return dict(connection.execute(sql).fetchall())

    with open_build(*locked_build) as connection:
        for (text,) in connection.execute("select compiled_sql from metrics.dim_metric").fetchall():
            connection.execute(text)  # each statement of it
        [(text,)] = connection.execute(
            "select compiled_sql from metrics.dim_metric where metric_name = 'cost'"
        ).fetchall()
        statement = text.partition(";")[0]
        assert rows(f"select metric_time__month::date, cost from ({statement}) where cost is not null") == rows(
            "select period_start, value from metrics.fct_metric_values "
            "where metric_name = 'cost' and grain = 'month' and dimension_name = 'total' and n > 0"
        )
