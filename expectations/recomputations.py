"""Independent recomputations: each metric again from the landed feeds, by a plain SELECT that shares no code with dbt.

`recomputations/<metric>.sql` returns (grain, period_start, dimension_name, member_id, value, n), one row per cell that
has inputs; only the grains and dimensions at which the metric is published are compared. It reads `feed.<name>` (see
`landed/`) and, if that isn't enough, `stage.landing.*`, but no dbt model; only a metric that depends on cost
allocation reads `core` facts, whose totals are checked. If it differs from `metrics.fct_metric_values` by more than
1e-9 (relative), or in n, nothing is published.
"""

from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

import duckdb

from expectations import landed
from expectations.database import open_build, sample_of
from expectations.metrics import Dimension, Metric
from expectations.records import NO_AUDIT, CheckRecord, Earlier, Status
from sources.common.contents import Contents
from sources.common.limits import Limits

RELATIVE = 1e-9
# Float sums that should cancel out end near 0; no unit has values this small.
ABSOLUTE = 1e-12
VALUES = "metrics.fct_metric_values"


def recomputation_sql(metric: str) -> str:
    """The SELECT that recomputes a metric. Raises FileNotFoundError if there is none."""
    path = resources.files("expectations") / "recomputations" / f"{metric}.sql"
    if not path.is_file():
        raise FileNotFoundError(f"there is no recomputation expectations/recomputations/{metric}.sql; write it")
    return path.read_text().strip()


def check_name(metric: str, dimension: str) -> str:
    """The name of one comparison, for example `cost_by_team` or `cost_total`."""
    return f"{metric}_total" if dimension == "total" else f"{metric}_by_{dimension}"


def run_recomputations(
    warehouse: Path,
    stage: Path,
    metrics: Iterable[Metric],
    limits: Limits | None = None,
    earlier: Earlier = NO_AUDIT,
    seen: dict[str, str] | None = None,
) -> list[CheckRecord]:
    """Compare metrics with their recomputations, but for those whose records are still valid; one record per metric and
    dimension.

    `seen`: what the landed relations held in the build before (`landed.Looked`); then what they hold in this one.
    """
    seen = {} if seen is None else seen
    with open_build(warehouse, stage, limits) as connection:
        looked = landed.Looked(Contents.of_build(connection), seen, earlier.code)
        found: list[CheckRecord] = []
        for metric in metrics:
            evidence = _evidence(connection, looked, metric)
            valid = [
                earlier.of("recomputation", check_name(metric.name, dimension), evidence)
                for dimension in metric.dimensions
            ]
            kept = [record for record in valid if record is not None]
            found += (
                kept
                if len(kept) == len(valid)
                else [record.model_copy(update={"evidence": evidence}) for record in compare(connection, metric)]
            )
    seen.clear()
    seen.update(looked.found)
    return found


def _evidence(connection: duckdb.DuckDBPyConnection, looked: landed.Looked, metric: Metric) -> str | None:
    """What a comparison looks at: the metric's own published cells, and whatever else its SQL reads; None where it
    can't be looked at, which the comparison itself then says."""
    try:
        sql = comparison_sql(metric)
        seen = [looked.contents.of_rows(connection, f"({published_sql(metric)})"), *looked.of(connection, sql)]
        return looked.contents.key(connection, sql, looked.code, *seen, apart=frozenset({VALUES}))
    except (duckdb.Error, FileNotFoundError):
        return None


def covers_sql(feeds: Sequence[str]) -> str:
    """CTEs that end in `covers` (covered_from, covered_to): [from, to) days that all the feeds cover."""
    names = [f"cover_{number}" for number, _ in enumerate(feeds)]
    starts, ends = (", ".join(f"{name}.{column}" for name in names) for column in ("covered_from", "covered_to"))
    loads = " union all ".join(f"from feed.{feed}_loads" for feed in sorted({*feeds}))
    return f"""    covered_days as (
        select
            feed,
            unnest(
                coalesce(
                    covers,
                    [[date '0001-01-01', timezone(time_zone, timezone('UTC', observed_at))::date + 1]]
                )
            ) as days
        from ({loads})
        cross join stage.landing.settings
    ),
    spans as (select feed, days[1] as covered_from, days[2] as covered_to from covered_days),
    covers as (
        select greatest({starts}) as covered_from, least({ends}) as covered_to
        from {" cross join ".join(f"spans as {name}" for name in names)}
        where
            {" and ".join(f"{name}.feed = '{feed}'" for name, feed in zip(names, feeds, strict=True))}
            and greatest({starts}) < least({ends})
    )"""


def published_cells(metric: Metric) -> str:
    """A condition on dimension_name and grain: those at which a metric is published."""
    cells = ", ".join(f"('{dimension}', '{grain}')" for dimension, grain in metric.cells)
    return f"(dimension_name, grain) in ({cells})"


def published_sql(metric: Metric) -> str:
    """A SELECT of the cells that are published of a metric."""
    return f"""
        select
            grain,
            period_start,
            dimension_name,
            case when member_key < 0 then member_key::varchar else member_id end as member_id,
            value,
            n
        from {VALUES}
        where metric_name = '{metric.name}' and metric_version = {metric.meta.version}"""


def comparison_sql(metric: Metric) -> str:
    """A SELECT on warehouse and stage: one row per cell with both values and a verdict.

    A cell without rows is a zero only of a kind of rows that was ever given (`landed/given_kinds.sql`).

    Verdicts: `compared`, `not_compared` (NULL and the same n on both sides, or no row), and the failures `differs`,
    `not_published`, `not_recomputed`, `null_beside_value`, `null_beside_zero`, and `not_covered`: a value
    for a period that its feeds don't cover. Members -1, -2, -3 are matched by key.
    """
    kind = metric.meta.kind_of_rows
    given = f"exists (select 1 from feed.given_kinds where kind = '{kind}')" if kind else "false"
    return f"""with
    recomputation as (
        select * from (
{recomputation_sql(metric.name)}
        )
        where {published_cells(metric)}
    ),
    published as ({published_sql(metric)}
    ),
{covers_sql(metric.meta.feeds)},
    cells as (
        select
            coalesce(recomputation.grain, published.grain) as grain,
            coalesce(recomputation.period_start, published.period_start) as period_start,
            coalesce(recomputation.dimension_name, published.dimension_name) as dimension_name,
            coalesce(recomputation.member_id, published.member_id) as member_id,
            recomputation.value as recomputed_value,
            published.value as published_value,
            recomputation.n as recomputed_n,
            published.n as published_n,
            recomputation.grain is not null as is_recomputed,
            published.grain is not null as is_published
        from recomputation
        full join
            published
            on recomputation.grain = published.grain
            and recomputation.period_start is not distinct from published.period_start
            and recomputation.dimension_name = published.dimension_name
            and recomputation.member_id = published.member_id
    ),
    covered as (
        select
            *,
            case
                grain
                when 'day'
                then period_start + interval 1 day
                when 'week'
                then period_start + interval 7 day
                when 'month'
                then period_start + interval 1 month
                when 'quarter'
                then period_start + interval 3 month
                else period_start + interval 1 year
            end as period_end,
            exists (
                select 1 from covers
                where grain = 'all' or (covered_from < period_end and covered_to > period_start)
            ) as is_covered,
            {given} as empty_is_zero
        from cells
    ),
    judged as (
        select
            * exclude (is_covered, is_recomputed, is_published, period_end, empty_is_zero),
            case
                when not is_covered
                then case when published_value is null then 'not_compared' else 'not_covered' end
                when is_recomputed
                then
                    case
                        when recomputed_value is null and published_value is null
                        then
                            case
                                when is_published and coalesce(recomputed_n, 0) <> coalesce(published_n, 0)
                                then 'differs'
                                else 'not_compared'
                            end
                        when not is_published
                        then 'not_published'
                        when recomputed_value is null or published_value is null
                        then 'null_beside_value'
                        when
                            isfinite(published_value)
                            and recomputed_n is not distinct from published_n
                            and abs(recomputed_value - published_value)
                            <= greatest({ABSOLUTE}, {RELATIVE} * greatest(abs(recomputed_value), abs(published_value)))
                        then 'compared'
                        else 'differs'
                    end
                when published_value is null
                then
                    case
                        when empty_is_zero and dimension_name = 'total'
                        then 'null_beside_zero'
                        when published_n <> 0
                        then 'not_recomputed'
                        else 'not_compared'
                    end
                when empty_is_zero and published_value = 0 and coalesce(published_n, 0) = 0
                then 'compared'
                else 'not_recomputed'
            end as verdict
        from covered
    )
select * from judged"""


_FAILURES = "verdict not in ('compared', 'not_compared')"


def compare(connection: duckdb.DuckDBPyConnection, metric: Metric) -> list[CheckRecord]:
    """The records of one metric, one per dimension, on a connection to a build with `stage` attached."""
    try:
        sql = comparison_sql(metric)
        landed.provide(connection, sql)
        connection.execute(f"create or replace temp table compared as {sql}")
        rows = connection.execute(f"""
            select dimension_name, count(*) filter (verdict = 'compared'),
                count(*) filter (verdict = 'not_compared'), count(*) filter ({_FAILURES}),
                string_agg(distinct verdict, ', ' order by verdict) filter ({_FAILURES})
            from compared group by all
        """).fetchall()
    except (duckdb.Error, FileNotFoundError) as error:
        message = " ".join(str(error).split())[:300]
        return [_record(metric, dimension, "error", message) for dimension in metric.dimensions]
    counts = {dimension: tuple(rest) for dimension, *rest in rows}
    records: list[CheckRecord] = []
    for dimension in metric.dimensions:
        compared, silent, failing, verdicts = counts.pop(dimension, (0, 0, 0, None))
        observed = f"{compared:,} cells agree, {failing:,} don't, {silent:,} are not measured"
        if not failing:
            status: Status = "passed" if compared else "not_compared"
            records.append(_record(metric, dimension, status, observed, failing_rows=0))
            continue
        records.append(_failure(connection, metric, dimension, f"{observed} ({verdicts})", failing, sql))
    alone = "published without an independent recomputation"
    return [*records, *(_record(metric, dimension, "failed", alone) for dimension in counts)]


def _failure(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    dimension: Dimension,
    observed: str,
    failing: int,
    sql: str,
) -> CheckRecord:
    where = f"dimension_name = '{dimension}' and {_FAILURES}"
    order = "order by period_start nulls first, grain, member_id"
    return _record(
        metric,
        dimension,
        "failed",
        observed,
        failing_rows=failing,
        sample=sample_of(connection, f"select * from compared where {where} {order}"),
        rows_sql=f"select * from (\n{landed.self_contained(connection, sql)}\n) where {where} {order}",
    )


def _record(
    metric: Metric,
    dimension: str,
    status: Status,
    observed: str,
    *,
    failing_rows: int | None = None,
    sample: str | None = None,
    rows_sql: str | None = None,
) -> CheckRecord:
    return CheckRecord(
        check_name=check_name(metric.name, dimension),
        suite="recomputation",
        object_name=f"metrics.fct_metric_values {metric.name}",
        severity="fail",
        status=status,
        observed=observed,
        expected=f"each cell of {metric.name} as its independent recomputation from landing has it, n exactly",
        failing_rows=failing_rows,
        sample=sample,
        rows_sql=rows_sql,
    )
