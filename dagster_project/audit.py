"""Run the audit: list the required checks and record the result of each."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import dbt_runner, measure
from dagster_project.auditor import auditor
from dagster_project.run import Run
from expectations.audit import required_checks
from expectations.database import open_build, sample_of
from expectations.gx import load_checks, prepare, run_suites
from expectations.lock import Queries, check_lock
from expectations.metrics import Metric
from expectations.recomputations import run_recomputations
from expectations.records import NO_AUDIT, PERSONAL_COLUMNS, CheckRecord, Earlier, Severity, Status
from serving import versions
from serving.words import plural
from sources.common.contents import Contents
from sources.common.limits import Limits


def test_object(manifest: Mapping[str, Any], test: Mapping[str, Any]) -> str | None:
    """The model that a test is about, by unique id: the one it is attached to, names, or reads first."""
    named = (test["config"].get("meta") or {}).get("dagster", {}).get("ref", {}).get("name")
    reads = [uid for uid in test["depends_on"]["nodes"] if uid.startswith("model.")]
    if named:
        return next((uid for uid in manifest["nodes"] if uid.endswith(f".{named}")), None)
    return test.get("attached_node") or (reads[0] if reads else None)


def required() -> list[tuple[str, str]]:
    """Every required check as (suite, check); each must leave a record."""
    return [*(("dbt", test["name"]) for test in dbt_runner.data_tests().values()), *required_checks(measure.metrics())]


def declared_objects() -> dict[tuple[str, str], str]:
    """The table, feed or metric that each check of `expectations/` is about, by (suite, check)."""
    tables = {"recomputation": "metrics.fct_metric_values", "lock": "metrics.dim_metric"}
    suites = {("gx", check.name): check.table for check in load_checks()}
    return {check: suites.get(check) or tables[check[0]] for check in required_checks(measure.metrics())}


def warns(record: CheckRecord) -> bool:
    """Whether a record shows something that doesn't block publishing."""
    return record.status in ("warned", "failed", "missing", "error") and not record.blocks


def counted(records: Iterable[CheckRecord]) -> dict[str, int]:
    """How many checks there are, and how many of them warned or failed."""
    listed = list(records)
    return {
        "checks": len(listed),
        "warned": sum(warns(record) for record in listed),
        "failed": sum(record.blocks for record in listed),
    }


def start_auditor(run: Run) -> None:
    """Start the second process while the models are built: importing Great Expectations takes seconds."""
    pool = auditor()
    run.compiling = pool.submit(measure.compile_project)
    run.printing = pool.submit(measure.fingerprints)
    pool.submit(prepare)
    pool.submit(dbt_runner.compiled)


def audit(run: Run) -> list[CheckRecord]:
    """Run every check on the build: recomputations here, since they share what they read; the rest in the auditor."""
    build = run.space.warehouse, run.space.stage
    metrics, served = measure.metrics(), versions.served_if_whole(run.published_home)
    compiled = measure.sql_by_metric(run.compiled)
    limits = run.space.limits.part(of=2)
    pool = auditor()
    earlier = run.audited_before
    database = served.database if served else None
    apart = pool.submit(_run_apart, *build, metrics, compiled, run.prints, database, limits, earlier)
    recomputed = run_recomputations(*build, metrics.values(), limits, earlier, run.made.seen if run.made else None)
    return [*recomputed, *apart.result()]


def _run_apart(
    warehouse: Path,
    stage: Path,
    metrics: Mapping[str, Metric],
    compiled: Mapping[str, Queries],
    prints: Mapping[str, str],
    served: Path | None,
    limits: Limits,
    earlier: Earlier,
) -> list[CheckRecord]:
    """What the auditor runs on a build: dbt's tests, the suites, and the lock. Each table is summed up once for all.

    `compiled` maps a metric to its SQL, `prints` to its fingerprint; `served` is the served warehouse, if there is one.
    """
    with open_build(warehouse, stage, limits) as connection:
        contents = Contents.of_build(connection)
    return [
        *run_suites(warehouse, stage, limits, earlier, contents),
        *run_dbt_tests(warehouse, stage, limits, None, earlier, contents),
        *check_lock(metrics, compiled, prints, warehouse, served),
    ]


def run_dbt_tests(
    warehouse: Path,
    stage: Path,
    limits: Limits | None = None,
    names: Collection[str] | None = None,
    earlier: Earlier = NO_AUDIT,
    contents: Contents | None = None,
) -> list[CheckRecord]:
    """Run dbt's compiled data tests on a build, or of them only those named; one record each.

    Raises DbtError. A test whose record is still valid is not run. `contents`: what is known of those of the build.
    """
    manifest, compiled = dbt_runner.manifest(), dbt_runner.compiled()
    chosen = {uid: test for uid, test in dbt_runner.data_tests().items() if names is None or test["name"] in names}
    with open_build(warehouse, stage, limits) as connection:
        contents, found = contents or Contents.of_build(connection), list[CheckRecord]()
        for uid, test in chosen.items():
            evidence = contents.key(connection, compiled[uid], earlier.code)
            record = earlier.of("dbt", test["name"], evidence)
            if record is None:
                made = _dbt_record(connection, manifest, test, compiled[uid])
                record = made.model_copy(update={"evidence": evidence})
            found.append(record)
        return found


def _dbt_record(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], test: Mapping[str, Any], sql: str
) -> CheckRecord:
    model = manifest["nodes"].get(test_object(manifest, test) or "")
    severity: Severity = "warn" if test["config"]["severity"].lower() == "warn" else "fail"
    status, count, observed = _judged(connection, test["config"], severity, sql)
    # a test that counts a personal column's values has no sample
    has_sample = status in ("failed", "warned") and test.get("column_name") not in PERSONAL_COLUMNS
    return CheckRecord(
        check_name=test["name"],
        suite="dbt",
        object_name=f"{model['schema']}.{model['name']}" if model else test["name"],
        severity=severity,
        status=status,
        observed=observed,
        expected="no failing row",
        failing_rows=count,
        sample=sample_of(connection, sql) if has_sample else None,
        rows_sql=sql,
    )


def _judged(
    connection: duckdb.DuckDBPyConnection, config: Mapping[str, Any], severity: Severity, sql: str
) -> tuple[Status, int | None, str | None]:
    """The status of a dbt test by its config (`fail_calc`, `error_if`, `warn_if`), and what was counted."""
    limit = f"limit {config['limit']}" if config["limit"] is not None else ""
    try:
        found = connection.execute(f"""
            select failures, failures {config["error_if"]}, failures {config["warn_if"]}
            from (select {config["fail_calc"]} as failures from (select * from (\n{sql}\n) {limit}))
        """).fetchone()
    except duckdb.Error as error:
        return "error", None, " ".join(str(error).split())[:300]
    count, is_error, is_warning = found or (None, True, True)
    observed = plural(count, "failing row") if count else None
    if severity == "fail" and is_error:
        return "failed", count, observed
    return ("warned" if is_warning else "passed"), count, observed
