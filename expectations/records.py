"""The record that every check returns, and the verdict over all records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from sources.common.disk import replace

Suite = Literal["dbt", "gx", "recomputation", "lock", "landing"]
Severity = Literal["fail", "warn"]
Status = Literal["passed", "failed", "warned", "not_compared", "missing", "error"]

BLOCKING: frozenset[Status] = frozenset({"failed", "missing", "error"})
REUSABLE: frozenset[Status] = frozenset({"passed", "warned", "not_compared"})
MAX_SAMPLE_ROWS = 5
# columns that no sample shows: people, whatever a model calls them, and what they wrote
PERSONAL_COLUMNS = frozenset(
    {
        *(
            "assignee_id",
            "changed_by",
            "customer_id",
            "from_value",
            "owner_id",
            "owner_person_id",
            "person_id",
            "respondent",
        ),
        *("respondent_id", "to_value", "user_id", "comment", "comment_text", "note"),
        *("person_key", "current_person_key", "usage_key"),
    }
)

_COLUMNS = {
    **dict.fromkeys(
        ("refresh_id", "check_name", "suite", "object_name", "severity", "status", "observed", "expected"), pa.string()
    ),
    "failing_rows": pa.int64(),
    "sample": pa.string(),
    "rows_sql": pa.string(),
    "metrics": pa.list_(pa.string()),
    "evidence": pa.string(),
    "checked_at": pa.timestamp("us"),
}


def utc_now() -> datetime:
    """The time in UTC, without a zone, as the records keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


class CheckRecord(BaseModel):
    """The outcome of one check in one refresh."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check_name: str = Field(description="Name, unique within the suite")
    suite: Suite = Field(description="Group of checks it belongs to")
    object_name: str = Field(description="What was checked, for example core.fct_ledger_entries")
    severity: Severity = Field(description="fail blocks publishing, warn only shows")
    status: Status
    observed: str | None = Field(default=None, description="What was found")
    expected: str | None = Field(default=None, description="What should have been found")
    failing_rows: int | None = Field(default=None, description="Number of failing rows, where rows can fail")
    sample: str | None = Field(default=None, description="JSON list of at most 5 failing rows, nothing personal")
    rows_sql: str | None = Field(default=None, description="SELECT that shows the failing rows on warehouse and stage")
    metrics: tuple[str, ...] = Field(default=(), description="Where it warned, the metrics that it is about")
    evidence: str | None = Field(default=None, description="Fingerprint of the check, and of the contents it looked at")
    checked_at: datetime = Field(default_factory=utc_now, description="When, in UTC")

    @property
    def blocks(self) -> bool:
        """Whether this record blocks publishing."""
        return self.severity == "fail" and self.status in BLOCKING


@dataclass(frozen=True)
class Earlier:
    """The records of an audit whose build was published. One is still valid for a check of the same contents.

    `code` is part of all evidence: with other code none is valid.
    """

    code: str = ""
    records: Mapping[tuple[str, str], CheckRecord] = field(default_factory=dict[tuple[str, str], CheckRecord])

    def of(self, suite: Suite, check_name: str, evidence: str | None) -> CheckRecord | None:
        """The record, if it is still valid; what failed is always checked again."""
        found = self.records.get((suite, check_name))
        if found is None or evidence is None or found.evidence != evidence or found.status not in REUSABLE:
            return None
        return found


NO_AUDIT = Earlier()


def earlier(path: Path, code: str) -> Earlier:
    """The records in a file of an audit, of a build that this code made; none where there is no such file."""
    records = read_records(path) if path.is_file() else []
    return Earlier(code, {(record.suite, record.check_name): record for record in records})


class Verdict(BaseModel):
    """Whether a build may be published, and why not."""

    model_config = ConfigDict(frozen=True)

    passed: bool
    blocking: list[CheckRecord]
    warnings: list[CheckRecord]


def missing_records(records: Iterable[CheckRecord], required: Iterable[tuple[str, str]]) -> list[CheckRecord]:
    """A failing record for every required (suite, check_name) without one."""
    present = {(record.suite, record.check_name) for record in records}
    return [
        CheckRecord.model_validate(
            {
                "check_name": name,
                "suite": suite,
                "object_name": name,
                "severity": "fail",
                "status": "missing",
                "observed": "no record",
                "expected": "a record of this required check",
            }
        )
        for suite, name in sorted({*required} - present)
    ]


def verdict(records: Sequence[CheckRecord], required: Iterable[tuple[str, str]]) -> Verdict:
    """Judge a refresh: it passes if nothing blocks and every required check left a record.

    `required` holds (suite, check_name). `warnings` are the unpassed records that don't block.
    """
    judged = [*records, *missing_records(records, required)]
    blocking = [record for record in judged if record.blocks]
    calm = {"passed", "not_compared"}
    warnings = [record for record in judged if not record.blocks and record.status not in calm]
    return Verdict(passed=not blocking, blocking=blocking, warnings=warnings)


def write_records(records: Sequence[CheckRecord], refresh_id: str, path: Path) -> None:
    """Write the records of a refresh to a Parquet file, atomically."""
    rows = [{"refresh_id": refresh_id, **record.model_dump()} for record in records]
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(_COLUMNS.items())))
    with duckdb.connect() as connection:
        relation = connection.from_arrow(table)
        replace(path, lambda draft: relation.write_parquet(str(draft)))


def read_records(path: Path) -> list[CheckRecord]:
    """The check records in a file of them."""
    with duckdb.connect() as connection:
        result = connection.execute("select * exclude refresh_id from read_parquet(?)", [str(path)])
        names = [column[0] for column in result.description or []]
        return [CheckRecord.model_validate(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def latest_records(folder: Path) -> list[CheckRecord]:
    """The check records of the newest refresh in a folder of their files; none without a file."""
    newest = max(folder.glob("refresh=*.parquet"), key=lambda path: path.name, default=None)
    return read_records(newest) if newest else []
