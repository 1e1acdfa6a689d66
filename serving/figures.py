"""The figures of a page, read from a published version; only rows are counted, nothing else is computed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from serving.copying import AUDIT_HISTORY, AUDIT_TABLE
from sources.common.sql import literal


@dataclass(frozen=True)
class ValueStatus:
    """A value status in words: its meaning, and the phrase for one deliverable or initiative, and for several."""

    meaning: str
    one: str
    many: str


# In the order of docs/model.md; other values of the column follow by name.
VALUE_STATUSES: dict[str, ValueStatus] = {
    "value_created": ValueStatus(
        "reached what it was meant to change, or returned more than it cost", "created value", "created value"
    ),
    "some_value": ValueStatus(
        "moved part of the way, or has returned no more than its cost so far",
        "created some value",
        "created some value",
    ),
    "mixed": ValueStatus(
        "key results and money, its own or its initiative's, disagree: one was gained and the other lost",
        "had a mixed result",
        "had mixed results",
    ),
    "no_effect": ValueStatus("measured, and nothing changed", "had no effect", "had no effect"),
    "negative": ValueStatus("made worse what it was meant to improve, or lost money", "did harm", "did harm"),
    "too_early": ValueStatus("delivered too recently to be judged", "is too early to judge", "are too early to judge"),
    "unmeasured": ValueStatus(
        "linked to an outcome that is not measured, or to none in an initiative with a benefit",
        "is not measured",
        "are not measured",
    ),
    "unlinked": ValueStatus(
        "without a known link to an outcome or a benefit: nothing says what it was meant to change",
        "has no known link to an outcome",
        "have no known link to an outcome",
    ),
    "not_delivered": ValueStatus("not done, or cancelled", "is not delivered", "are not delivered"),
}


@dataclass(frozen=True)
class Value:
    """One row of `fct_metric_values`: a metric's total in a period (`period_start` None: all time)."""

    period_start: date | None
    period_end: date | None
    value: float | None
    n: int | None
    n_excluded: int | None
    lower: float | None
    upper: float | None
    status: str
    is_partial: bool = False


@dataclass(frozen=True)
class Metric:
    """One row of `dim_metric`, the newest version of a metric."""

    name: str
    version: int
    label: str
    description: str | None
    formula: str | None
    unit: str | None
    direction: str | None
    kind: str | None
    valid_min: float | None
    valid_max: float | None
    minimum_n: int | None
    owner: str | None
    source: str | None
    fingerprint: str | None
    since: date | None = None  # the first day of a version after the first
    change_note: str | None = None
    feeds: Sequence[str] = ()  # the feeds that it needs


@dataclass(frozen=True)
class Score:
    """A metric's line on the scorecard: {grain: its all-time or latest complete, measured value}.

    A grain that the metric does not have is missing; one without a complete measured period is None.
    """

    metric: Metric
    values: dict[str, Value | None]


@dataclass(frozen=True)
class Check:
    """One check of the refresh that made the version."""

    name: str
    object_name: str | None
    severity: str
    status: str
    observed: str | None
    expected: str | None
    failing_rows: int | None
    metrics: Sequence[str] = ()  # that it is about, where it warned

    @property
    def is_open(self) -> bool:
        """Whether someone should look at it."""
        return self.status not in ("passed", "not_compared")


@dataclass(frozen=True)
class Figures:
    """The figures of a page without its charts."""

    scores: list[Score]
    checks: list[Check]


def read_figures(connection: duckdb.DuckDBPyConnection, refresh_id: str) -> Figures:
    """Read a version's figures through `connection`; checks are those of the refresh `refresh_id`.

    Raises duckdb.Error when a table that the page needs is missing.
    """
    return Figures(scores(connection), checks(connection, refresh_id))


def scores(connection: duckdb.DuckDBPyConnection) -> list[Score]:
    """The scorecard, in the order of `dim_metric`."""
    values = latest_values(connection)
    return [Score(metric, values.get(metric.name, {})) for metric in newest_metrics(connection)]


def all_metrics(connection: duckdb.DuckDBPyConnection) -> list[Metric]:
    """Every version of each metric, by name and version."""
    rows = connection.execute(
        f"select {_METRIC_COLUMNS} from metrics.dim_metric order by metric_name, metric_version"
    ).fetchall()
    return [Metric(*row) for row in rows]


_METRIC_COLUMNS = (  # what `Metric` holds
    "metric_name, metric_version, metric_label, description, formula, unit, direction, kind, valid_min, valid_max, "
    "minimum_n, owner, source, fingerprint, version_since, change_note, feeds"
)


def begun(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The day of the first refresh; None where the version may hold the records of later ones only."""
    row = connection.execute(
        f"select min(checked_at)::date from {AUDIT_TABLE} having count(distinct refresh_id) < {AUDIT_HISTORY}"
    ).fetchone()
    return row[0] if row else None


def newest_metrics(connection: duckdb.DuckDBPyConnection, schema: str = "metrics") -> list[Metric]:
    """The newest version of each metric, outcomes first, then by label."""
    rows = connection.execute(
        f"""
        select {_METRIC_COLUMNS}
        from {schema}.dim_metric
        qualify row_number() over (partition by metric_name order by metric_version desc) = 1
        order by kind is distinct from 'outcome', 3
        """
    ).fetchall()
    return [Metric(*row) for row in rows]


def latest_values(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Value | None]]:
    """{metric: {all | fiscal_year | quarter: its total}}: of periods the latest that is complete and measured."""
    rows = connection.execute(
        """
        with totals as (
            select
                *,
                not is_partial and status <> 'not_measured' as is_complete,
                max(metric_version) over (partition by metric_name) as newest_version
            from metrics.fct_metric_values
            where dimension_name = 'total' and grain in ('all', 'fiscal_year', 'quarter')
        )
        select
            metric_name, grain, grain = 'all' or is_complete,
            period_start, period_end, value, n, n_excluded, lower, upper, status, is_partial
        from totals
        where metric_version = newest_version
        qualify row_number() over (partition by metric_name, grain order by is_complete desc, period_start desc) = 1
        """
    ).fetchall()
    found: dict[str, dict[str, Value | None]] = {}
    for metric, grain, is_shown, *value in rows:
        found.setdefault(metric, {})[grain] = _value(value) if is_shown else None
    return found


def checks(connection: duckdb.DuckDBPyConnection, refresh_id: str) -> list[Check]:
    """The checks of a refresh; those that did not pass come first."""
    rows = connection.execute(
        f"""
        select check_name, object_name, severity, status, observed, expected, failing_rows, coalesce(metrics, [])
        from (
            from audit.fct_check_results
            union all by name
            select cast(null as varchar[]) as metrics where false -- a version of an earlier release lacks the column
        )
        where refresh_id = {literal(refresh_id)}
        order by status in ('passed', 'not_compared'), severity, check_name, suite
        """
    ).fetchall()
    return [Check(*row) for row in rows]


def totals(
    connection: duckdb.DuckDBPyConnection, metrics_schema: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str | None]]:
    """For the manifest: ({metric: its all-time total}, {metric@version: fingerprint of its definition})."""
    rows = connection.execute(
        f"""
        select metric_name, value, n, status
        from {metrics_schema}.fct_metric_values
        where dimension_name = 'total' and grain = 'all'
        qualify row_number() over (partition by metric_name order by metric_version desc) = 1
        order by metric_name
        """
    ).fetchall()
    figures = {name: {"value": finite(value), "n": n, "status": status} for name, value, n, status in rows}
    definitions = connection.execute(
        f"""
        select metric_name || '@' || metric_version, fingerprint
        from {metrics_schema}.dim_metric order by metric_name, metric_version
        """
    ).fetchall()
    return figures, dict(definitions)


def finite(value: float | None) -> float | None:
    """`value`, or None where it is no finite number."""
    return value if value is not None and math.isfinite(value) else None


def _value(row: list[Any]) -> Value:
    start, end, value, n, n_excluded, lower, upper, status, is_partial = row
    return Value(start, end, finite(value), n, n_excluded, finite(lower), finite(upper), status, bool(is_partial))
