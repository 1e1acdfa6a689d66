"""Compare two published versions: the figures that differ, and why (definitions, settings, changed rows)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from serving.errors import ReadError, VersionError
from serving.reader import Table, attach
from serving.versions import Version, find, list_versions, serve_folder
from serving.words import plural
from sources.common.sql import literal

TOLERANCE = 1e-9  # relative: smaller differences come from the order of addition
MEMBERS = ("initiative", "team", "product")


@dataclass(frozen=True)
class Differences:
    """The differences between two versions.

    `figures`: one row per restated figure (`COLUMNS`), closed periods first. `unchanged`: number of equal figures.
    `ahead`: figures of the later version for periods that begin after the earlier one's day. `settings`: settings that
    differ. `is_code_changed`: the code that made them differs.
    """

    figures: Table
    unchanged: int
    ahead: int
    settings: list[str]
    is_code_changed: bool


COLUMNS = (
    "metric_name",
    "grain",
    "period_start",
    "period_end",
    "dimension_name",
    "member_id",
    "member_name",
    "change",
    "was_open",
    "old_value",
    "new_value",
    "difference",
    "old_status",
    "new_status",
    "old_n",
    "new_n",
    "why",
    "rows_new",
    "rows_corrected",
    "rows_deleted",
    "rows_scope",
)


def chosen(home: Path, before: str | None, after: str | None) -> tuple[Version, Version]:
    """The versions to compare: those named; `after` left out: the newest; both: the two newest, by their moment.

    Raises VersionError where one is missing or both are the same.
    """
    found = list_versions(home)
    if before is not None and found:
        pair = find(home, before), find(home, after) if after is not None else found[0]
        if pair[0].version == pair[1].version:
            raise VersionError(
                f"V1 and V2 are both {before}.", str(serve_folder(home)), "name two of `outcomes versions`."
            )
        return pair
    if len(found) < 2:
        raise VersionError(
            f"there is {'only one version' if found else 'no version'}, but a comparison needs two.",
            str(serve_folder(home)),
            "run `outcomes refresh` when something is new, or `outcomes refresh --as-of DAY`.",
        )
    older, newer = sorted(found[:2], key=lambda version: (_day(version), version.version))
    return older, newer


def compare(before: Version, after: Version, changes: object) -> Differences:
    """The figures that differ between `before` and `after`: changed, gone, or new for a period that had begun.

    `changes`: what differs between the loads of the two, an Arrow table with one row per feed, change (new, corrected,
    deleted) and set of `days` and `<member>_ids` that the rows carry ('' for none), their number as `rows`.

    Raises ReadError if a version can't be read, VersionError if its manifest can't.
    """
    for version in (before, after):
        if version.problem:
            raise VersionError(version.problem, str(version.folder), "choose another of `outcomes versions`.")
    settings = _settings(before, after)
    with _attached(before, after, changes) as connection:
        try:
            connection.execute(_definitions_sql(settings))
            connection.execute(_cells_sql(_day(before)))
            connection.execute(_touched_sql())
            result = connection.execute(_explained_sql(_is_later(before, after), _is_code_changed(before, after)))
            described, rows = result.description or [], result.fetchall()
            counted = connection.execute(
                "select count(*) filter (change = 'same'), count(*) filter (change = 'ahead') from cells"
            ).fetchone()
        except duckdb.Error as error:
            raise ReadError(
                f"the versions can't be compared ({error}).",
                str(before.database),
                "choose versions with the same tables.",
            ) from error
    unchanged, ahead = counted or (0, 0)
    names = tuple(column[0] for column in described)
    types = tuple(str(column[1]) for column in described)
    return Differences(Table(names, types, rows), unchanged, ahead, settings, _is_code_changed(before, after))


def summary(found: Differences, before: Version, after: Version) -> list[str]:
    """The lines printed with the table."""
    rows = [dict(zip(found.figures.columns, row, strict=True)) for row in found.figures.rows]
    closed = sum(not row["was_open"] for row in rows)
    lines = [
        f"{before.version} → {after.version}: {plural(len(rows), 'figure')} restated, {closed} of them for closed "
        f"periods; {found.unchanged:,} unchanged, {found.ahead:,} for periods that began since."
    ]
    if found.settings:
        lines.append(f"Settings changed: {', '.join(found.settings)}.")
    engines = [version.manifest.get("engine", "DuckDB") for version in (before, after)]
    if engines[0].split()[0] != engines[1].split()[0]:
        lines.append(f"Made by {engines[0]} and by {engines[1]}.")
    if found.is_code_changed:
        lines.append("The code that made them differs too.")
    return lines


SHOWN = ("metric", "period", "of", "old", "new", "n", "why")


def in_words(found: Differences) -> list[tuple[str, ...]]:
    """One line per restated figure (`SHOWN`), for a terminal."""
    lines: list[tuple[str, ...]] = []
    for values in found.figures.rows:
        row = dict(zip(found.figures.columns, values, strict=True))
        period = f"{row['grain']} {row['period_start']}" if row["period_start"] else "all time"
        member = "total" if row["dimension_name"] == "total" else f"{row['dimension_name']} {row['member_id']}"
        n = str(row["new_n"]) if row["old_n"] == row["new_n"] else f"{_plain(row['old_n'])} → {_plain(row['new_n'])}"
        lines.append((row["metric_name"], period, member, _figure(row, "old"), _figure(row, "new"), n, row["why"]))
    return lines


def _figure(row: dict[str, Any], side: str) -> str:
    """One version's value, with its status unless that is `measured`."""
    value, status = row[f"{side}_value"], row[f"{side}_status"]
    if status is None:
        return "–"
    words = status.replace("_", " ")
    return words if value is None else _plain(value) + (f" ({words})" if status != "measured" else "")


def _plain(value: float | None) -> str:
    """A number with four places at most."""
    return "–" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


def _attached(before: Version, after: Version, changes: object) -> duckdb.DuckDBPyConnection:
    """A connection in memory with both versions attached to read only; no files, no network, locked settings, UTC."""
    connection = attach({"before": before.database, "after": after.database})
    connection.register("given_changes", changes)
    connection.execute("create temp table changes as select row_number() over () as group_id, * from given_changes")
    return connection


def _settings(before: Version, after: Version) -> list[str]:
    """Names of the settings that differ."""
    old: dict[str, Any] = before.manifest["settings"]
    new: dict[str, Any] = after.manifest["settings"]
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _is_code_changed(before: Version, after: Version) -> bool:
    return before.manifest["code_fingerprint"] != after.manifest["code_fingerprint"]


def _is_later(before: Version, after: Version) -> bool:
    return _day(before) != _day(after)


def _day(version: Version) -> date:
    """The as-of day of a version, in its own offset."""
    return datetime.fromisoformat(version.as_of).date() if version.as_of else date.max


def _definitions_sql(settings: list[str]) -> str:
    """`definitions`: one row per metric, how its definition changed as text, and its feeds."""
    changed = literal(f"settings: {', '.join(settings)}") if settings else "null::varchar"
    return f"""
        create temp table definitions as
        select
            coalesce(new.metric_name, old.metric_name) as metric_name,
            list_distinct(list_concat(coalesce(old.feeds, []), coalesce(new.feeds, []))) as feeds,
            case
                when old.metric_name is null then 'definition: the metric is new'
                when new.metric_name is null then 'definition: the metric is gone'
                when old.metric_version <> new.metric_version
                then 'definition: version ' || old.metric_version || ' → ' || new.metric_version
                when old.fingerprint <> new.fingerprint then 'definition: changed, its version did not'
            end as definition_change,
            {changed} as settings_change
        from before.metrics.dim_metric as old
        full join after.metrics.dim_metric as new on old.metric_name = new.metric_name
    """


def _cells_sql(before_day: date) -> str:
    """`cells`: one row per figure of either version, and how it changed.

    `ahead`: its period begins after the earlier version's day. `was_open`: its period had not ended on that day.
    """
    ended = f"date '{before_day + timedelta(days=1)}'" if before_day < date.max else "null::date"
    return f"""
        create temp table cells as
        with
            old as (select * from before.metrics.fct_metric_values),

            new as (select * from after.metrics.fct_metric_values),

            paired as (
                select
                    coalesce(new.metric_name, old.metric_name) as metric_name,
                    coalesce(new.grain, old.grain) as grain,
                    coalesce(new.period_start, old.period_start) as period_start,
                    coalesce(new.period_end, old.period_end) as period_end,
                    coalesce(new.dimension_name, old.dimension_name) as dimension_name,
                    coalesce(new.member_id, old.member_id) as member_id,
                    coalesce(new.member_name, old.member_name) as member_name,
                    old.value as old_value,
                    new.value as new_value,
                    old.status as old_status,
                    new.status as new_status,
                    old.n as old_n,
                    new.n as new_n,
                    old.metric_name is null as is_new,
                    new.metric_name is null as is_gone,
                    old.n is not distinct from new.n
                    and old.status is not distinct from new.status
                    and (
                        old.value is not distinct from new.value
                        or coalesce(
                            abs(old.value - new.value) <= {TOLERANCE} * greatest(abs(old.value), abs(new.value)), false
                        )
                    ) as is_same
                from old
                full join
                    new
                    on old.metric_name = new.metric_name
                    and old.grain = new.grain
                    and old.period_start is not distinct from new.period_start
                    and old.dimension_name = new.dimension_name
                    and old.member_id is not distinct from new.member_id
            )

        select
            row_number() over () as cell_id,
            *,
            coalesce(period_end > {ended}, true) as was_open,
            case
                when is_new and coalesce(period_start >= {ended}, false) then 'ahead'
                when (is_new and new_value is null) or (is_gone and old_value is null) then 'same'
                when is_new then 'new'
                when is_gone then 'gone'
                when is_same then 'same'
                else 'changed'
            end as change
        from paired
    """


def _touched_sql() -> str:
    """`touched`: rows that changed, by feed and by the periods and members that they refer to, before or after.

    A row without a day (of a dimension, say) counts only for all time; every row counts for the total.
    """
    members = " union all ".join(
        f"""
                select
                    group_id,
                    '{member}' as dimension_name,
                    unnest(list_transform({member}_ids, lambda id: coalesce(nullif(id, ''), '-2'))) as member_id
                from changes"""
        for member in MEMBERS
    )
    return f"""
        create temp table touched as
        with
            periods as (
                select distinct grain, period_start, period_end from cells where period_start is not null
            ),

            group_days as (select group_id, unnest(days) as day from changes),

            distinct_days as (select distinct day from group_days),

            day_periods as (
                select distinct_days.day, periods.grain, periods.period_start
                from distinct_days
                inner join
                    periods on distinct_days.day >= periods.period_start and distinct_days.day < periods.period_end
            ),

            group_periods as (
                select distinct group_days.group_id, day_periods.grain, day_periods.period_start
                from group_days
                inner join day_periods on group_days.day = day_periods.day
                union all
                select group_id, 'all' as grain, null as period_start
                from changes
            ),

            group_members as (
                {members}
                union all
                select group_id, 'total' as dimension_name, 'total' as member_id
                from changes
            )

        select
            changes.feed,
            group_periods.grain,
            group_periods.period_start,
            group_members.dimension_name,
            group_members.member_id,
            bool_or(len(changes.days) > 0) as is_dated,
            coalesce(sum(changes.rows) filter (change = 'new'), 0)::bigint as rows_new,
            coalesce(sum(changes.rows) filter (change = 'corrected'), 0)::bigint as rows_corrected,
            coalesce(sum(changes.rows) filter (change = 'deleted'), 0)::bigint as rows_deleted
        from changes
        inner join group_periods on changes.group_id = group_periods.group_id
        inner join group_members on changes.group_id = group_members.group_id
        group by all
    """


def _explained_sql(is_later: bool, is_code_changed: bool) -> str:
    """The restated figures with their reasons (`COLUMNS`).

    Rows of the metric's own feeds are counted for its period and member, and those that added or deleted the member
    itself; if none refers to the member, for its period; if there is none either, rows of other feeds for the period,
    or without a day, are named.
    """
    arrivals = " or ".join(
        f"(restated.dimension_name = '{member}' and touched.feed = '{member}s')" for member in MEMBERS
    )
    words = """
        feed || ': ' || list_aggregate(
            list_filter(
                [
                    case when rows_new > 0 then rows_new || ' new' end,
                    case when rows_corrected > 0 then rows_corrected || ' corrected' end,
                    case when rows_deleted > 0 then rows_deleted || ' deleted' end
                ],
                lambda part: part is not null
            ),
            'string_agg',
            ', '
        )
    """
    counted = f"""
        list({words} order by feed) as feed_words,
        sum(rows_new)::bigint as rows_new,
        sum(rows_corrected)::bigint as rows_corrected,
        sum(rows_deleted)::bigint as rows_deleted
    """
    joined = "list_aggregate(reasons.feed_words, 'string_agg', '; ')"
    columns = ", ".join(f"figures.{name}" for name in COLUMNS[:7])
    return f"""
        with
            restated as (
                select cells.*, definitions.feeds, definitions.definition_change, definitions.settings_change
                from cells
                left join definitions on cells.metric_name = definitions.metric_name
                where cells.change not in ('same', 'ahead')
            ),

            candidates as (
                select
                    restated.cell_id,
                    touched.*,
                    case
                        when list_contains(restated.feeds, touched.feed)
                            and restated.dimension_name = touched.dimension_name
                            and restated.member_id = touched.member_id
                        then 1
                        when list_contains(restated.feeds, touched.feed) then 2
                        else 3
                    end as nearness
                from restated
                inner join
                    touched
                    on restated.grain = touched.grain
                    and restated.period_start is not distinct from touched.period_start
                    and (
                        (restated.dimension_name = touched.dimension_name and restated.member_id = touched.member_id)
                        or touched.dimension_name = 'total'
                    )
                union all
                -- the member itself was added or deleted: its facts moved from or to 'not yet arrived'
                select restated.cell_id, touched.* replace (0 as rows_corrected), 1 as nearness
                from restated
                inner join
                    touched
                    on ({arrivals})
                    and restated.dimension_name = touched.dimension_name
                    and (restated.member_id = touched.member_id or restated.member_id = '-3')
                    and touched.grain = 'all'
                    and touched.rows_new + touched.rows_deleted > 0
                union all
                -- a row without a day may have changed any period
                select restated.cell_id, touched.*, 3 as nearness
                from restated
                inner join
                    touched
                    on restated.grain <> 'all'
                    and touched.grain = 'all'
                    and touched.dimension_name = 'total'
                    and not touched.is_dated
            ),

            nearest as (
                select *, min(nearness) over (partition by cell_id) as least from candidates
            ),

            summed as (
                select
                    cell_id,
                    least,
                    feed,
                    sum(rows_new)::bigint as rows_new,
                    sum(rows_corrected)::bigint as rows_corrected,
                    sum(rows_deleted)::bigint as rows_deleted
                from nearest
                where nearness = least and (nearness < 3 or dimension_name = 'total')
                group by cell_id, least, feed
            ),

            reasons as (
                select cell_id, least, {counted}
                from summed
                group by cell_id, least
            ),

            figures as (
                select
                    restated.*,
                    reasons.least,
                    reasons.rows_new,
                    reasons.rows_corrected,
                    reasons.rows_deleted,
                    list_filter(
                        list_concat(
                            [definition_change, settings_change],
                            case reasons.least
                                when 1 then reasons.feed_words
                                when 2 then ['in its period, not naming it: ' || {joined}]
                                when 3 then ['in other feeds: ' || {joined}]
                            end,
                            [case when was_open and {is_later} then 'its period was open' end]
                        ),
                        lambda part: part is not null
                    ) as known_reasons
                from restated
                left join reasons on restated.cell_id = reasons.cell_id
            )

        select
            {columns},
            figures.change,
            figures.was_open,
            figures.old_value,
            figures.new_value,
            figures.new_value - figures.old_value as difference,
            figures.old_status,
            figures.new_status,
            figures.old_n,
            figures.new_n,
            case
                when len(known_reasons) > 0 then list_aggregate(known_reasons, 'string_agg', '; ')
                when {is_later} then 'now moved on'
                when {is_code_changed} then 'the code changed'
                else 'unexplained'
            end as why,
            coalesce(figures.rows_new, 0) as rows_new,
            coalesce(figures.rows_corrected, 0) as rows_corrected,
            coalesce(figures.rows_deleted, 0) as rows_deleted,
            case figures.least
                when 1 then 'period and member' when 2 then 'period' when 3 then 'other feeds'
            end as rows_scope
        from figures
        order by
            figures.was_open, figures.metric_name, figures.dimension_name <> 'total', figures.dimension_name,
            figures.member_id, figures.grain, figures.period_start
    """
