"""Deliverables that are linked to no outcome, as rows of the feed `outcome_links` without the key result."""

import csv
import io
from pathlib import Path

from serving.errors import ReadError
from serving.reader import Table, query
from serving.versions import Version

CONTEXT = ("title", "item_type", "team", "initiative", "product", "state", "delivered_on", "candidates")
FEED = ("link_id", "work_item_id", "initiative_id", "key_result_id", "weight", "valid_from", "valid_to")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # first characters that make a spreadsheet read a cell as a formula
CANDIDATES = 5

# outcome key results whose objective the deliverable's team, or the team above it, owns
_SQL = f"""
    with
        teams as (select team_key, team_id, team_name, parent_team_id from core.dim_team where team_key > 0),

        goals as (
            select
                objectives.team_id,
                results.key_result_id,
                results.key_result_id || ' ' || results.key_result_name as key_result
            from core.dim_key_result as results
            inner join core.dim_objective as objectives on results.objective_id = objectives.objective_id
            where results.is_current and results.is_outcome and results.key_result_key > 0
        ),

        owned as (
            select teams.team_key, goals.key_result_id, goals.key_result
            from teams
            inner join goals on teams.team_id = goals.team_id
            union
            select teams.team_key, goals.key_result_id, goals.key_result
            from teams
            inner join goals on teams.parent_team_id = goals.team_id
        ),

        candidates as (
            select team_key, list(key_result order by key_result_id)[:{CANDIDATES}] as key_results
            from owned
            group by team_key
        ),

        unlinked as (
            select *
            from outcomes.value_realization
            where
                level = 'deliverable'
                and not is_cancelled
                and coalesce(outcome_key_results, 0) = 0
                -- its initiative's benefit is what such work is for
                and initiative_key not in (select current_initiative_key from core.fct_benefits)
        )

    select
        unlinked.entity_name as title,
        deliverables.item_type,
        teams.team_name as team,
        initiatives.initiative_name as initiative,
        products.product_name as product,
        case when unlinked.is_delivered then 'delivered' else 'open' end as state,
        unlinked.delivery_date as delivered_on,
        array_to_string(candidates.key_results, '; ') as candidates,
        'link:' || unlinked.entity_id as link_id,
        unlinked.entity_id as work_item_id,
        null as initiative_id,
        null as key_result_id,
        1 as weight,
        null as valid_from,
        null as valid_to
    from unlinked
    left join core.dim_deliverable as deliverables on unlinked.entity_key = deliverables.deliverable_key
    left join teams on unlinked.team_key = teams.team_key
    left join
        core.dim_initiative as initiatives
        on unlinked.initiative_key = initiatives.initiative_key
        and initiatives.initiative_key > 0
    left join
        core.dim_product as products on unlinked.product_key = products.product_key and products.product_key > 0
    left join candidates on unlinked.team_key = candidates.team_key
    order by initiative nulls last, team nulls last, delivered_on nulls last, work_item_id
"""


def unlinked(version: Version) -> Table:
    """One row per deliverable of a version, delivered or open: `CONTEXT` and `FEED`.

    Those are listed that have no outcome key result, and whose initiative has no benefit.

    `link_id` is `link:` and the work item's id, so a deliverable always gets the same row. Context texts that a
    spreadsheet would read as a formula get an apostrophe; ids don't.

    Raises ReadError.
    """
    found = query(version.database, _SQL)
    shown = len(CONTEXT)
    rows = [(*(_inert(value) for value in row[:shown]), *row[shown:]) for row in found.rows]
    return Table(found.columns, found.types, rows)


def with_links(path: Path, added: Table) -> Table:
    """The rows of an `outcome_links` file (CSV, UTF-8), followed by those of `added`: a file that replaces it.

    Rows of an earlier export that are not filled in are left out. Raises ReadError if it can't be read or lacks the
    columns of the feed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ReadError(f"it can't be read ({error}).", str(path), "give the feed's file, as UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text))
    names = list(reader.fieldnames or [])
    if absent := [name for name in ("link_id", "key_result_id") if name not in names]:
        raise ReadError(
            f"it has no column {absent[0]}.",
            str(path),
            "give feeds/outcome_links.csv, or leave it out.",
        )
    columns = (*CONTEXT, *FEED, *(name for name in names if name not in (*CONTEXT, *FEED)))
    kept = [row for row in reader if row["key_result_id"] or not row["link_id"].startswith("link:")]
    known = {row["link_id"] for row in kept}
    new = [row for row in added.to_dicts() if row["link_id"] not in known]
    rows = [tuple(row.get(name) for name in columns) for row in [*kept, *new]]
    return Table(columns, tuple("VARCHAR" for _ in columns), rows)


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
