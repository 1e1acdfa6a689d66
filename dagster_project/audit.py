"""The audit's wiring: which checks there are, and one record of each."""

import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb

from dagster_project import dbt_runner, measure
from dagster_project.run import Run
from expectations.audit import required_checks, run_audit
from expectations.gx import load_checks, prepare
from expectations.records import PERSONAL_COLUMNS, CheckRecord

SAMPLE_ROWS = 5
# dbt's tests run in two processes, for dbt takes the time, not the database: the auditor takes these kinds
APART = ("test_name:relationships", "test_name:accepted_values")


def dbt_tests(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The data tests of a dbt manifest by unique id."""
    return {uid: node for uid, node in manifest["nodes"].items() if node["resource_type"] == "test"}


def test_object(manifest: Mapping[str, Any], test: Mapping[str, Any]) -> str | None:
    """The model that a test speaks of, by unique id: the one it is attached to, names, or reads first."""
    named = (test["config"].get("meta") or {}).get("dagster", {}).get("ref", {}).get("name")
    reads = [uid for uid in test["depends_on"]["nodes"] if uid.startswith("model.")]
    if named:
        return next((uid for uid in manifest["nodes"] if uid.endswith(f".{named}")), None)
    return test.get("attached_node") or (reads[0] if reads else None)


def required(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every (suite, check) that must leave a record."""
    return [*(("dbt", test["name"]) for test in dbt_tests(manifest).values()), *required_checks()]


def declared_objects() -> dict[tuple[str, str], str]:
    """What each check that `expectations/` declares speaks of, by (suite, check)."""
    tables = {"witness": "metrics.fct_metric_values", "contract": "metrics.dim_metric"}
    suites = {("gx", check.name): check.table for check in load_checks()}
    return {check: suites.get(check) or tables[check[0]] for check in required_checks()}


def warns(record: CheckRecord) -> bool:
    """Whether a record shows something that doesn't block publishing."""
    return record.status in ("warned", "failed", "missing", "error") and not record.blocks


def _end_with_parent() -> None:
    """Have this process end when the refresh that started it is killed: a pool's worker would wait for ever."""

    def watch() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def start_auditor(run: Run) -> ProcessPoolExecutor:
    """A process that works while the models are built: MetricFlow and Great Expectations take seconds to start."""
    run.auditor = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent)
    run.compiling = run.auditor.submit(measure.compile_project)
    run.auditor.submit(prepare)
    run.auditor.submit(dbt_runner.warm)
    return run.auditor


def audit(run: Run, manifest: Mapping[str, Any]) -> list[CheckRecord]:
    """Run every check on the build: those of `expectations/`, and a part of dbt's tests, in the auditor's process."""
    auditor = run.auditor or start_auditor(run)
    try:
        pending = auditor.submit(run_audit, run.space.warehouse, run.space.stage, measure.sql_by_metric(run.compiled))
        apart = auditor.submit(
            run_dbt, run.space.build, "--select", *APART, "--exclude", "test_type:unit", target="apart"
        )
        tests = run_dbt(run.space.build, "--exclude", "test_type:unit", *APART)
        return [*dbt_records(run, manifest, [*tests, *apart.result()]), *pending.result()]
    finally:
        auditor.shutdown(wait=False, cancel_futures=True)  # it takes a second to end, which nobody has to wait for


def run_dbt(build: Path, *selection: str, target: str = "dbt") -> list[dbt_runner.NodeResult]:
    """Run dbt's tests on a build. Raises DbtError."""
    return dbt_runner.invoke(build, "test", "--target", "audit", *selection, target=target)


def dbt_records(run: Run, manifest: Mapping[str, Any], results: Iterable[dbt_runner.NodeResult]) -> list[CheckRecord]:
    """One record a dbt test, with the SELECT that shows its failing rows."""
    records: list[CheckRecord] = []
    for result in results:
        test = manifest["nodes"][result.unique_id]
        model = manifest["nodes"].get(test_object(manifest, test) or "")
        severity = "warn" if test["config"]["severity"].lower() == "warn" else "fail"
        status = {"pass": "passed", "fail": "failed", "warn": "warned"}.get(result.status, "error")
        records.append(
            CheckRecord.model_validate(
                {
                    "check_name": test["name"],
                    "suite": "dbt",
                    "object_name": f"{model['schema']}.{model['name']}" if model else test["name"],
                    "severity": severity,
                    "status": status,
                    "observed": f"{result.failures} failing rows" if result.failures else result.message,
                    "expected": "no failing row",
                    "failing_rows": result.failures,
                    "sample": _sample(run, test, result.compiled) if status in ("failed", "warned") else None,
                    "rows_sql": result.compiled.strip() if result.compiled else None,
                }
            )
        )
    return records


def _sample(run: Run, test: Mapping[str, Any], sql: str | None) -> str | None:
    """A few failing rows as JSON, without what is personal; none of a test that counts a personal column's values."""
    if sql is None or test.get("column_name") in PERSONAL_COLUMNS:
        return None
    rows = [dict(zip(names, map(str, row), strict=True)) for names, row in failing_rows(run, sql, SAMPLE_ROWS)]
    return json.dumps([{name: row[name] for name in row if name not in PERSONAL_COLUMNS} for row in rows])


def failing_rows(run: Run, sql: str, limit: int) -> list[tuple[list[str], tuple[Any, ...]]]:
    """Rows that a check's SELECT shows on the build, each with the column names."""
    with duckdb.connect(str(run.space.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{run.space.stage}' as stage (read_only)")
        result = connection.execute(f"select * from ({sql}) limit {limit}")
        names = [column[0] for column in result.description or []]
        return [(names, row) for row in result.fetchall()]
