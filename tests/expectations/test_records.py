"""Records, the verdict over them and the file they are kept in."""

import json
from pathlib import Path

import duckdb
import pytest

from dagster_project import measure
from expectations.audit import required_checks
from expectations.database import sample_of
from expectations.records import (
    PERSONAL_COLUMNS,
    CheckRecord,
    Earlier,
    Severity,
    Status,
    earlier,
    verdict,
    write_records,
)
from sources.contracts import load_contracts


def _record(severity: Severity, status: Status, name: str = "rows_match") -> CheckRecord:
    return CheckRecord(check_name=name, suite="gx", object_name="core.t", severity=severity, status=status)


@pytest.mark.parametrize(
    ("severity", "status", "passes", "warns"),
    [
        ("fail", "passed", True, False),
        ("fail", "failed", False, False),
        ("fail", "error", False, False),
        ("fail", "not_compared", True, False),
        ("warn", "warned", True, True),
        ("warn", "error", True, True),
    ],
)
def test_only_a_failing_record_of_severity_fail_blocks(
    severity: Severity, status: Status, passes: bool, warns: bool
) -> None:
    judged = verdict([_record(severity, status)], [("gx", "rows_match")])
    assert (judged.passed, len(judged.blocking), len(judged.warnings)) == (passes, int(not passes), int(warns))


@pytest.mark.parametrize(
    ("status", "evidence", "is_valid"),
    [
        ("passed", "seen", True),
        ("warned", "seen", True),
        ("not_compared", "seen", True),
        ("passed", "other", False),
        ("passed", None, False),
        ("failed", "seen", False),
        ("error", "seen", False),
    ],
)
def test_a_record_stands_for_the_same_evidence_unless_it_failed(
    status: Status, evidence: str | None, is_valid: bool
) -> None:
    before = _record("warn", status).model_copy(update={"evidence": evidence})
    assert Earlier(records={("gx", "rows_match"): before}).of("gx", "rows_match", "seen") == (
        before if is_valid else None
    )
    assert Earlier().of("gx", "rows_match", evidence) is None


def test_the_audit_before_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "refresh=01J.parquet"
    before = _record("fail", "passed").model_copy(update={"evidence": "seen"})
    write_records([before], "01J", path)
    assert earlier(path, "code") == Earlier("code", {("gx", "rows_match"): before})
    assert earlier(tmp_path / "refresh=None.parquet", "code") == Earlier("code")


def test_a_required_check_without_a_record_blocks() -> None:
    judged = verdict([_record("fail", "passed")], [("gx", "rows_match"), ("recomputation", "rows_match")])
    assert [(r.suite, r.check_name, r.severity, r.status) for r in judged.blocking] == [
        ("recomputation", "rows_match", "fail", "missing")
    ]


def test_required_checks_are_declared_once_each() -> None:
    required = required_checks(measure.metrics())
    assert len(required) == len(set(required))
    assert {suite for suite, _ in required} == {"gx", "recomputation", "lock"}


def test_records_are_written_whole_with_the_columns_of_the_audit_table(tmp_path: Path) -> None:
    path = tmp_path / "audit" / "refresh=01J.parquet"
    write_records([_record("fail", "passed"), _record("warn", "warned", "fresh")], "01J", path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    columns = duckdb.sql(f"describe from read_parquet('{path}', hive_partitioning=false)").fetchall()
    text = ["refresh_id", "check_name", "suite", "object_name", "severity", "status", "observed", "expected"]
    assert [(name, kind) for name, kind, *_ in columns] == [
        *((name, "VARCHAR") for name in text),
        ("failing_rows", "BIGINT"),
        ("sample", "VARCHAR"),
        ("rows_sql", "VARCHAR"),
        ("metrics", "VARCHAR[]"),
        ("evidence", "VARCHAR"),
        ("checked_at", "TIMESTAMP"),
    ]
    assert duckdb.sql(f"select refresh_id, check_name from '{path}' order by 2").fetchall() == [
        ("01J", "fresh"),
        ("01J", "rows_match"),
    ]


def test_no_records_make_an_empty_file(tmp_path: Path) -> None:
    write_records([], "01J", tmp_path / "r.parquet")
    assert duckdb.sql(f"select count(*) from '{tmp_path / 'r.parquet'}'").fetchone() == (0,)


def test_no_sample_shows_a_column_that_a_contract_calls_personal() -> None:
    personal = {c.name for feed in load_contracts().values() for c in feed.columns if c.personal}
    assert personal <= PERSONAL_COLUMNS


def test_a_sample_leaves_out_what_is_personal() -> None:
    with duckdb.connect() as connection:
        sample = sample_of(connection, "select 1 as hours, 'p' as person_id, 2 as person_key, 'x' as comment")
    assert json.loads(sample) == [{"hours": 1}]
