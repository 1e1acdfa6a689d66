"""The checks of an audit as they can be asked one by one on an open build: dbt's tests, suites, recomputations, the lock."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp, parse_one

from dagster_project import dbt_runner, measure
from expectations import gx, landed, recomputations
from expectations.lock import check_lock
from expectations.metrics import Metric

Connection = duckdb.DuckDBPyConnection
Verdict = Callable[[Connection], bool]


@dataclass
class Guard:
    """One check: its name as `suite:check`, the tables that it reads (`schema.name`), whether it blocks publishing.

    `metric` names the metric that a recomputation speaks of. `warns_anyhow`: it warns on the sound build, too.
    """

    name: str
    reads: frozenset[str]
    blocks: bool
    verdict: Verdict
    metric: str | None = None
    warns_anyhow: bool = False

    def fails(self, connection: Connection) -> bool:
        """Whether it finds something wrong."""
        return self.verdict(connection)

    def concerns(self, metrics: frozenset[str], changed: set[str]) -> bool:
        """Whether a recomputation has anything new to compare: values of its metric, or the landed rows that it reads."""
        return self.metric in metrics or any(table.startswith("landing.") for table in self.reads & changed)


@cache
def tables_of(sql: str) -> frozenset[str]:
    """The tables that a query reads, as `schema.name`."""
    found = parse_one(sql, read="duckdb").find_all(exp.Table)
    return frozenset(f"{table.db}.{table.name}" for table in found if table.db)


def guards(connection: Connection) -> list[Guard]:
    """Every check of the audit, the cheap ones first; `connection` leads to a build."""
    return [
        *_dbt_guards(),
        *(_suite_guard(check) for check in gx.load_checks()),
        _lock_guard(),
        *(_recomputation_guard(connection, metric) for metric in measure.metrics().values()),
    ]


def _dbt_guards() -> list[Guard]:
    compiled = dbt_runner.compiled()
    found: list[Guard] = []
    for uid, test in dbt_runner.data_tests().items():
        config = test["config"]
        if (config["fail_calc"], config["error_if"], config["warn_if"]) != ("count(*)", "!= 0", "!= 0"):
            raise RuntimeError(f"dbt test {test['name']} judges in its own way; teach tests/mutation how")
        found.append(_dbt_guard(test["name"], compiled[uid], config["severity"].lower() != "warn"))
    return sorted(found, key=lambda guard: len(guard.reads))


def _dbt_guard(name: str, sql: str, blocks: bool) -> Guard:
    return Guard(f"dbt:{name}", tables_of(sql), blocks, lambda c: _any_row(c, sql))


def _any_row(connection: Connection, sql: str) -> bool:
    return bool(connection.execute(f"select exists (select 1 from (\n{sql}\n))").fetchone()[0])  # pyright: ignore[reportOptionalSubscript]


def _suite_guard(check: gx.Check) -> Guard:
    """A suite's check, by the SELECT of its unexpected rows where that alone decides, else by Great Expectations."""
    sql = gx.failing_rows_sql(check)
    decided = check.expectation == "UnexpectedRowsExpectation" or (
        check.expectation in gx._UNEXPECTED and "mostly" not in check.kwargs
    )
    reads = tables_of(sql) | tables_of(check.rows)
    verdict = (lambda c: _any_row(c, sql)) if decided else (lambda c: suite_fails(c, check))
    return Guard(f"gx:{check.name}", reads, check.severity == "fail", verdict)


class _InWarehouse:
    """A connection whose cursors, too, look into the database called `warehouse`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cursor(self) -> Connection:
        cursor = self._connection.cursor()
        cursor.execute("use warehouse")
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def suite_fails(connection: Connection, check: gx.Check) -> bool:
    """Ask Great Expectations itself. Raises RuntimeError where it can't tell."""
    within: Any = _InWarehouse(connection)
    record = gx._run(within, gx._data_source(within), [check])[check.name]
    if record.status == "error":
        raise RuntimeError(f"gx:{check.name} can't be run: {record.observed}")
    return record.status in ("failed", "warned")


def _recomputation_guard(connection: Connection, metric: Metric) -> Guard:
    def fails(connection: Connection) -> bool:
        return any(r.status in ("failed", "error") for r in recomputations.compare(connection, metric))

    reads = tables_of(landed.self_contained(connection, recomputations.comparison_sql(metric)))
    return Guard(f"recomputation:{metric.name}", reads, True, fails, metric=metric.name)


def _lock_guard() -> Guard:
    """The lock's check of `dim_metric`; definitions and SQL are those that there are, so that the fingerprint catches nothing."""
    compiled, prints = measure.sql_by_metric(measure.compile_project()), measure.fingerprints()

    def fails(connection: Connection) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "published.duckdb"
            connection.execute(f"attach '{path}' as published")
            connection.execute("create schema published.metrics")
            connection.execute("create table published.metrics.dim_metric as from warehouse.metrics.dim_metric")
            connection.execute("detach published")
            return any(record.blocks for record in check_lock(measure.metrics(), compiled, prints, path))

    return Guard("lock:metrics", frozenset({"metrics.dim_metric"}), True, fails)
