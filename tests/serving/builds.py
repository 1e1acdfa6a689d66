"""Small builds with the published schemas, and publishing them, for the tests of this package."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from serving.publish import Version, publish

NOW = datetime(2026, 4, 28, 6, 30, tzinfo=UTC)
REFRESH = "01KQ0000000000000000REFRSH"

SCHEMA = """
create schema core;
create schema outcomes;
create schema metrics;
create table core.dim_initiative (
    initiative_key bigint, initiative_id varchar not null, initiative_name varchar
);
create table core.fct_ledger_entries (
    ledger_entry_key bigint, initiative_key bigint, t varchar, reporting_amount decimal(28, 4)
);
create table outcomes.value_realization (
    level varchar, id varchar, name varchar, cost_reporting_amount decimal(28, 4),
    value_status varchar, value_status_reason varchar
);
create table outcomes.value_summary (
    grain varchar, period_start_date date, period_end_date date, compared_period_start_date date,
    dimension_name varchar, value_status varchar, deliverables bigint, cost_reporting_amount decimal(28, 4)
);
create table metrics.dim_metric (
    metric_name varchar, metric_version integer, metric_label varchar, description varchar, formula varchar,
    unit varchar, direction varchar, kind varchar, valid_min double, valid_max double, minimum_n integer,
    owner varchar, source varchar, fingerprint varchar, feeds varchar[], version_since date, change_note varchar
);
create table metrics.fct_metric_values (
    metric_name varchar, metric_version integer, grain varchar, period_start date, period_end date,
    dimension_name varchar, member_key bigint, member_id varchar, member_name varchar, value double,
    numerator double, denominator double, n bigint, n_excluded bigint, lower double, upper double,
    status varchar, is_partial boolean
);
create table metrics.fct_metric_comparisons (
    metric_name varchar, metric_version integer, grain varchar, period_start date, dimension_name varchar,
    member_key bigint, compared_with varchar, verdict varchar
);
create table core.dim_key_result (
    metric_name varchar, metric_dimension varchar, metric_member_id varchar, counted_target_value double, is_latest boolean
);
comment on table core.dim_initiative is 'One row an initiative.';
comment on column core.dim_initiative.initiative_name is 'Name, as the source gives it';
"""

METRICS = [
    ("delivered", "Deliverables delivered", "count", "up", "output", 0),
    ("on_time_rate", "On-time rate", "share", "up", "output", 10),
    ("lead_time_days_p50", "Lead time, median", "days", "down", "output", 10),
    ("cost", "Cost", "currency", "none", "output", 0),
    ("revenue", "Revenue", "currency", "up", "outcome", 0),
    ("budget_variance", "Budget variance", "currency", "down", "output", 0),
    ("approval_rate", "Approval rate", "share", "up", "outcome", 10),
    ("nps", "Net Promoter Score", "points", "up", "outcome", 10),
    ("roi", "Return on investment", "ratio", "up", "outcome", 0),
]

# metric, grain, period_start, period_end, value, n, n_excluded, lower, upper, status, is_partial
VALUES: list[tuple[Any, ...]] = [
    ("delivered", "all", None, None, 106, 106, 0, None, None, "measured", True),
    ("delivered", "fiscal_year", "2025-01-01", "2026-01-01", 31, 31, 0, None, None, "measured", False),
    ("delivered", "fiscal_year", "2026-01-01", "2027-01-01", 4, 4, 0, None, None, "measured", True),
    ("delivered", "quarter", "2026-01-01", "2026-04-01", 0, 0, 0, None, None, "measured", False),
    ("on_time_rate", "all", None, None, 0.14583, 48, 12, 0.0725, 0.2717, "measured", True),
    ("on_time_rate", "fiscal_year", "2025-01-01", "2026-01-01", 0.25, 4, 0, 0.05, 0.7, "insufficient_sample", False),
    ("on_time_rate", "quarter", "2026-01-01", "2026-04-01", None, 0, 0, None, None, "not_measured", False),
    ("lead_time_days_p50", "all", None, None, 123.4, 93, 0, None, None, "measured", True),
    ("cost", "all", None, None, 9412332.55, 812, 12, None, None, "incomplete", True),
    ("cost", "fiscal_year", "2024-04-01", "2025-04-01", 3100000, 312, 0, None, None, "measured", False),
    ("revenue", "all", None, None, 1840221.1, 431, 0, None, None, "measured", True),
    ("budget_variance", "fiscal_year", "2024-01-01", "2025-01-01", -212000.5, 96, 0, None, None, "measured", False),
    ("approval_rate", "all", None, None, 0.7311, 5012, 484, 0.7186, 0.7432, "measured", True),
    ("nps", "all", None, None, 31.25, 64, 0, 12.1, 50.4, "measured", True),
    ("roi", "all", None, None, None, 0, 0, None, None, "not_measured", True),
]

STATUSES: list[tuple[str, str, str, int]] = [
    ("initiative", "value_created", "key_results", 3),
    ("initiative", "some_value", "key_results", 2),
    ("initiative", "no_effect", "benefit_against_cost", 1),
    ("initiative", "unlinked", "linked_to_no_outcome_key_result", 80),
    ("initiative", "too_early", "goal_running", 8),
    ("initiative", "not_delivered", "work_is_open", 138),
    ("deliverable", "value_created", "key_results", 5),
    ("deliverable", "negative", "key_results", 1),
    ("deliverable", "unlinked", "linked_to_no_outcome_key_result", 100),
    ("deliverable", "not_delivered", "cancelled", 126),
]

LOADS: list[dict[str, object]] = [
    {
        "source": "dao",
        "feed": feed,
        "load_id": f"01KQ00000000000000000LOAD{number}",
        "observed_at": "2026-04-24T23:59:59+00:00",
        "landed_rows": rows,
        "quarantined_rows": number,
    }
    for number, (feed, rows) in enumerate((("work_items", 645), ("ledger_entries", 17419), ("budgets", 1128)))
]

FACTS: dict[str, object] = {
    "refresh_id": REFRESH,
    "as_of": "2026-04-27T23:59:59+00:00",
    "portfolio": "tiny",
    "title": "Tiny portfolio",
    "reporting_currency": "USD",
    "inputs": {"loads": "7c1d", "code": "0f3a9c55d1e2", "settings": "51ab"},
    "settings": {"time_zone": "UTC"},
    "code_fingerprint": "0f3a9c55d1e2",
    "keys": {
        "core.dim_initiative": {"primary_key": ["initiative_key"], "foreign_keys": []},
        "core.fct_ledger_entries": {
            "primary_key": ["ledger_entry_key"],
            "foreign_keys": [
                {
                    "columns": ["initiative_key"],
                    "table": "core.dim_initiative",
                    "referenced_columns": ["initiative_key"],
                }
            ],
        },
    },
    "loads": LOADS,
}


@dataclass(frozen=True)
class Built:
    """A build ready to be published."""

    build: Path
    records: Path


def make_build(
    path: Path,
    *,
    names: Iterable[str] = ("Bridge", "Harbour"),
    mark: float | None = None,
    extra: str = "",
) -> Path:
    """A closed build at `path`. `mark` makes ledger, cost metric and value realization carry that one number."""
    values = VALUES if mark is None else [("cost", "all", None, None, mark, 1, 0, None, None, "measured", True)]
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA)
        labelled = list(names)
        connection.executemany(
            "insert into core.dim_initiative values (?, ?, ?)",
            [(key, f"I-{key}", name) for key, name in enumerate(labelled, 1)],
        )
        connection.executemany(
            "insert into core.fct_ledger_entries values (?, ?, ?, ?)",
            [(key, key, "same", mark if mark is not None else key * 10) for key in range(1, len(labelled) + 1)],
        )
        connection.executemany(
            "insert into metrics.dim_metric values (?, 1, ?, ?, ?, ?, ?, ?, null, null, ?, 'finance', 'Bain', ?, "
            "['ledger_entries'], null, null)",
            [
                (name, label, f"What {label} means.", "a ÷ b", unit, direction, kind, least, f"fp-{name}")
                for name, label, unit, direction, kind, least in METRICS
            ],
        )
        connection.executemany(
            "insert into metrics.fct_metric_values values "
            "(?, 1, ?, ?, ?, 'total', 0, 'total', 'Total', ?, null, null, ?, ?, ?, ?, ?, ?)",
            values,
        )
        for level, status, reason, count in STATUSES:
            connection.execute(
                "insert into outcomes.value_realization select $1, $1 || range, $1 || range, $2, $3, $4 from range($5)",
                [level, mark, status, reason, count],
            )
        connection.execute(extra or "select 1")
    return path


def make_records(
    path: Path,
    records: Iterable[tuple[Any, ...]] = (),
    refresh_id: str = REFRESH,
    checked_at: str = "2026-04-28 06:00:00",
) -> Path:
    """A Parquet file of check records: one that passed, and `records` (check, table, severity, status, observed, metrics…)."""
    rows = [("unique_initiatives", "core.dim_initiative", "fail", "passed", "0 rows"), *records]
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table records (
                refresh_id varchar, check_name varchar, suite varchar, object_name varchar, severity varchar,
                status varchar, observed varchar, expected varchar, failing_rows bigint, sample varchar,
                rows_sql varchar, metrics varchar[], checked_at timestamp
            )
            """
        )
        connection.executemany(
            "insert into records values (?, ?, 'dbt', ?, ?, ?, ?, '0 rows', null, null, null, ?, ?)",
            [(refresh_id, *row[:5], [*row[5:]], checked_at) for row in rows],
        )
        connection.execute(f"copy records to '{path}' (format parquet)")
    return path


def ulid(number: int) -> str:
    """A version name; a greater number sorts later."""
    return f"01KQ{number:022d}"


def publish_built(home: Path, built: Built, number: int = 1, **options: Any) -> Version:
    """Publish `built` as version `number`, an hour later for each number."""
    facts = {**FACTS, **options.pop("facts", {})}
    now = options.pop("now", NOW + timedelta(hours=number))
    return publish(home, built.build, built.records, facts, version=ulid(number), now=now, **options)


def damage(path: Path, where: int = 0) -> None:
    """Flip a bit of a file, read-only or not."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[where] ^= 1
    path.write_bytes(content)
    path.chmod(mode)


def cut(path: Path, size: int = 4096) -> None:
    """Cut the last bytes off a file, read-only or not."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-size])
    path.chmod(mode)


def publish_two(folder: Path) -> Path:
    """Publish two versions of tiny below a folder, which is returned; the second is served."""
    built = Built(make_build(folder / "warehouse.duckdb"), make_records(folder / "refresh.parquet"))
    for number in (1, 2):
        publish_built(folder / "tiny", built, number)
    return folder
