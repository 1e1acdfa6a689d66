"""Commands about metrics: metrics list, metrics show, metrics query. They read the served version."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.common import (
    Format,
    PortfolioOption,
    VersionOption,
    app,
    err,
    explained,
    open_space,
    out,
    show_table,
)
from dagster_project.settings import PortfolioError
from sources.common.sql import literal

if TYPE_CHECKING:
    from serving.reader import Table as Result

metrics = typer.Typer(no_args_is_help=True, help="Explore metrics: list, show NAME, query NAME, export.")
app.add_typer(metrics, name="metrics")

FormatOption = Annotated[Format, typer.Option("--format", help="table, csv or json.")]
MetricArgument = Annotated[str, typer.Argument(metavar="NAME", help="A metric of `outcomes metrics list`.")]


@metrics.command("list")
def list_metrics(
    portfolio: PortfolioOption = None, version: VersionOption = None, output: FormatOption = Format.table
) -> None:
    """List the metrics, each with its value.

    The value is that over all time, or of the latest fiscal year. Before anything is published it lists the
    definitions, and the feeds that each still lacks.

    Example: outcomes metrics list

    Example: outcomes metrics list --format csv
    """
    if version is None and (declared := _before_anything_is_published(portfolio)):
        show_table(declared, output)
        err.print("Nothing is published yet, so there are no values. To publish: outcomes refresh")
        return
    found = _ask(
        portfolio,
        version,
        """
        with latest as (
            select *
            from metrics.fct_metric_values
            where dimension_name = 'total' and grain in ('all', 'fiscal_year', 'month')
            qualify row_number() over (
                partition by metric_name
                order by grain = 'all' desc, grain = 'fiscal_year' desc, value is not null desc, period_start desc
            ) = 1
        )
        select
            metric_name, metric_label as label, unit, direction as better, kind,
            round(value, 4) as value, n, coalesce(status, 'not_measured') as status
        from metrics.dim_metric
        left join latest using (metric_name, metric_version)
        order by metric_name
        """,
    )
    show_table(found, output)


@metrics.command("show")
def show_metric(
    name: MetricArgument,
    portfolio: PortfolioOption = None,
    version: VersionOption = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print its compiled SQL instead.")] = False,
) -> None:
    """Show what a metric means.

    Also what it is computed from, and at which dimensions and grains it is published.

    Example: outcomes metrics show on_time_rate

    Example: outcomes metrics show on_time_rate --sql
    """
    metric = literal(name)
    found = _ask(portfolio, version, f"select * from metrics.dim_metric where metric_name = {metric}")
    if not found.rows:
        raise _unknown(portfolio, version, name)
    row = dict(zip(found.columns, found.rows[0], strict=True))
    if sql:
        out.print(row.get("compiled_sql") or "This version was published without its SQL.", soft_wrap=True)
        return
    for column, value in row.items():
        if column not in ("metric_key", "metric_name", "compiled_sql") and value is not None:
            shown = ", ".join(value) if isinstance(value, list) else str(value)
            out.print(f"{column.removeprefix('metric_').replace('_', ' '):<16} {shown}")
    published = _ask(
        portfolio,
        version,
        f"""
        select
            dimension_name as "by",
            string_agg(distinct grain, ', ' order by grain) as grains,
            count(distinct member_key) as members,
            count(*) filter (value is not null) as values,
            min(period_start) as first_period,
            max(period_start) as last_period
        from metrics.fct_metric_values
        where metric_name = {metric}
        group by dimension_name
        order by dimension_name <> 'total', dimension_name
        """,
    )
    show_table(published, Format.table)


@metrics.command("query")
def query_metric(
    name: MetricArgument,
    by: Annotated[
        str, typer.Option("--by", metavar="DIMENSION", help="total, or a dimension of `metrics show`.")
    ] = "total",
    grain: Annotated[str, typer.Option("--grain", help="A grain of `metrics show`.")] = "all",
    where: Annotated[
        str | None, typer.Option("--where", metavar="SQL", help="A condition on the columns shown.")
    ] = None,
    portfolio: PortfolioOption = None,
    version: VersionOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Query a metric's published values, with n, interval and status.

    Example: outcomes metrics query nps --by product --grain quarter --where "period_start >= '2025-01-01'"

    Example: outcomes metrics query cost --by team --format csv
    """
    metric = literal(name)
    offered = _ask(
        portfolio,
        version,
        f"""
        select dimension_name, list(distinct grain order by grain)
        from metrics.fct_metric_values
        where metric_name = {metric}
        group by all
        order by all
        """,
    )
    if not offered.rows:
        raise _unknown(portfolio, version, name)
    if grain not in dict(offered.rows).get(by, []):
        with explained():
            ways = "; ".join(f"--by {dimension} --grain {' | '.join(grains)}" for dimension, grains in offered.rows)
            raise PortfolioError(
                f"{name} is not published by {by} at the grain {grain}. To fix: choose one of {ways}; for anything "
                "else query MetricFlow (docs/metrics.md)"
            )
    found = _ask(
        portfolio,
        version,
        f"""
        select period_start, member_id, member_name, value, n, n_excluded, lower, upper, status, is_partial
        from metrics.fct_metric_values
        where metric_name = {metric} and dimension_name = {literal(by)} and grain = {literal(grain)}
            and ({where or "true"})
        order by period_start, member_name
        """,
    )
    show_table(found, output)


class Exported(StrEnum):
    """The formats of `metrics export`."""

    ossie = "ossie"
    dbt = "dbt"


@metrics.command("export")
def export_metrics(
    target: Annotated[
        Exported, typer.Option("--format", help="ossie: Apache Ossie (OSI); dbt: what MetricFlow's `mf` reads.")
    ] = Exported.ossie,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it to a file; default: print it.")
    ] = None,
) -> None:
    """Export the definitions as a semantic model.

    As Apache Ossie's (formerly OSI, draft 0.2.0.dev0), as YAML, it has the metrics over published tables; others are
    named on stderr. As dbt's it is the semantic manifest, with all of them, over the tables of the build.

    Example: outcomes metrics export --output metrics.ossie.yaml

    Example: outcomes metrics export --format dbt --output semantic_manifest.json
    """
    from importlib.metadata import version

    import yaml

    from dagster_project import dbt_runner, ossie
    from serving.words import plural

    with explained():
        text = dbt_runner.semantic_manifest().read_text(encoding="utf-8")
        if target is Exported.ossie:
            model = ossie.semantic_model(text, version("outcome-warehouse"))
            text = yaml.safe_dump(model, sort_keys=False, allow_unicode=True, width=120)
            left = ossie.left_out(model)
            err.print(
                f"{plural(len(model['metrics']), 'metric')} exported. {len(left)} can't be said in the core "
                f"specification; their values are in metrics.fct_metric_values: {', '.join(left)}"
            )
        if output is None:
            print(text, end="")
            return
        output.write_text(text, encoding="utf-8")
        out.print(f"Wrote {output}")


def _before_anything_is_published(portfolio: Path | None) -> "Result | None":
    """The declared metrics and what each lacks; None where a version is served. Exits with 1 or 2 on an error."""
    from dagster_project.catalog import declared, feeds_given
    from serving import versions
    from serving.reader import Table

    space = open_space(portfolio)
    with explained():
        if versions.served(space.home) is not None:
            return None
        given = feeds_given(space)
    columns = ("metric_name", "label", "unit", "better", "kind", "lacks")
    rows = [
        (m.name, m.label, m.meta.unit, m.meta.direction, m.meta.kind, ", ".join(m.lacks(given)))
        for m in declared().values()
    ]
    return Table(columns, ("VARCHAR",) * len(columns), list(rows))


def _ask(portfolio: Path | None, version: str | None, sql: str) -> "Result":
    """Query the served version, or another. Exits with 1 or 2 if there is none or the query fails."""
    from serving import reader, versions

    space = open_space(portfolio)
    with explained():
        chosen = versions.readable(space.home, version) if version is not None else versions.served(space.home)
        if chosen is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. To fix: outcomes refresh")
        return reader.query(chosen.database, sql, space.limits, space.portfolio.query_timeout)


def _unknown(portfolio: Path | None, version: str | None, name: str) -> Exception:
    """The error for an unknown metric, with similar names."""
    from difflib import get_close_matches

    names = [row[0] for row in _ask(portfolio, version, "select metric_name from metrics.dim_metric order by all").rows]
    near = get_close_matches(name, names, 3, 0.4) or names
    with explained():
        raise PortfolioError(f"there is no metric {name}. To fix: choose one of {', '.join(near)}")
