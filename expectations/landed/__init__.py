"""What independent recomputations read: the landed feeds as they stand, and the periods of days.

A recomputation names these relations as `feed.<name>`:

- `feed.<feed>`: the row in force of each key: what a source's latest snapshot no longer holds is gone, of what stays
  the latest row counts. Beside a feed's `team_id`, `product_id`, `initiative_id`, `objective_id` stands the member
  that a figure is published under (`team`, `product`, `initiative`, `objective`): the id itself; -1 where the source
  says unknown, -2 where there is no id, -3 where no source has shown its member.
- what the SQL files beside this module offer, each with a first line that says what it is: `feed.settings`,
  `feed.days`, `feed.rates`, `feed.answers`, `feed.cost_entries` and the like. They read `feed.*` in turn.

All of it is written from the rules of the feeds, not from dbt's models, and shares no code with them.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import duckdb

# the columns that identify a row of a feed
KEYS: dict[str, tuple[str, ...]] = {
    "work_items": ("work_item_id",),
    "work_item_changes": ("work_item_id", "field", "changed_at", "change_seq"),
    "time_entries": ("time_entry_id",),
    "releases": ("release_id",),
    "release_items": ("release_id", "work_item_id"),
    "ledger_entries": ("ledger_entry_id",),
    "accounts": ("account_code",),
    "budgets": ("budget_id",),
    "labour_rates": ("person_id", "team_id", "valid_from"),
    "exchange_rates": ("rate_date", "currency"),
    "benefits": ("benefit_id", "month", "scenario"),
    "survey_responses": ("response_id", "question_id"),
    "support_tickets": ("ticket_id",),
    "usage_daily": ("product_id", "user_id", "usage_date", "feature"),
    "objectives": ("objective_id",),
    "key_results": ("key_result_id",),
    "key_result_checkins": ("key_result_id", "checked_at"),
    "outcome_links": ("link_id",),
    "rituals": ("ritual_id",),
    "initiatives": ("initiative_id",),
    "teams": ("team_id",),
    "people": ("person_id",),
    "products": ("product_id",),
    "customers": ("customer_id",),
}
# the members that rows of these feeds name: the column in the published figure and the rows that know them
# (a member that was deleted keeps its name, but for objectives, of which no versions are kept)
MEMBERS = {
    "team": "(select * from stage.landing.teams where _row_kind = 'row')",
    "product": "(select * from stage.landing.products where _row_kind = 'row')",
    "initiative": "(select * from stage.landing.initiatives where _row_kind = 'row')",
    "objective": "feed.objectives",
}
NAMING: dict[str, tuple[str, ...]] = {
    "work_items": ("team", "product", "initiative"),
    "ledger_entries": ("team", "product", "initiative"),
    "budgets": ("team", "product", "initiative"),
    "benefits": ("initiative",),
    "survey_responses": ("team", "product"),
    "support_tickets": ("product",),
    "usage_daily": ("product",),
    "objectives": ("team",),
    "key_results": ("objective",),
    "rituals": ("team",),
    "initiatives": ("team", "product"),
    "people": ("team",),
    "releases": ("product",),
}
_READ, _AS_CTE = re.compile(r"\bfeed\.(\w+)"), r"feed_\1"


def feed_sql(feed: str) -> str:
    """The SELECT behind `feed.<feed>`, on the stage file."""
    keys = ", ".join(f"landed.{key}" for key in KEYS[feed])
    members = "".join(
        f""",
        case
            when standing.{member}_id is null
            then '-2'
            when lower(standing.{member}_id) = 'unknown'
            then '-1'
            when standing.{member}_id in (select {member}_id from {known})
            then standing.{member}_id
            else '-3'
        end as {member}"""
        for member, known in MEMBERS.items()
        if member in NAMING.get(feed, ())
    )
    return f"""
    select standing.*{members}
    from
        (
            select landed.*
            from stage.landing.{feed} as landed
            left join
                (
                    select source, max(load_seq) as load_seq
                    from stage.landing.loads
                    where feed = '{feed}' and kind = 'snapshot' and deletes
                    group by source
                ) as last_snapshots
                on last_snapshots.source = landed.source
            qualify
                max(landed.load_seq) over (partition by landed.source, {keys}) >= coalesce(last_snapshots.load_seq, 0)
        ) as standing
    where _row_kind = 'row'
    qualify row_number() over (partition by {keys.replace("landed.", "standing.")} order by load_seq desc) = 1
"""


@cache
def relation_sql(name: str) -> str:
    """The SELECT behind `feed.<name>`. Raises KeyError where there is no such relation."""
    file = resources.files(__name__) / f"{name}.sql"
    return file.read_text().strip() if file.is_file() else feed_sql(name)


def read_by(sql: str) -> list[str]:
    """The relations of `feed` that a query rests on, each after those that it reads. Raises KeyError."""
    ordered: dict[str, None] = {}

    def visit(text: str) -> None:
        for name in sorted(set(_READ.findall(text))):
            if name not in ordered:
                visit(relation_sql(name))
                ordered[name] = None

    visit(sql)
    return list(ordered)


def provide(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Make `feed.<name>` readable in this connection, in memory; `stage` must be attached. Give parents first."""
    connection.execute("attach if not exists ':memory:' as feed (read_write)")
    for name in names:
        connection.execute(f"create table if not exists feed.{name} as {relation_sql(name)}")


def self_contained(sql: str) -> str:
    """The same query without `provide`, for whoever opens the build to look at rows."""
    names = read_by(sql)
    if not names:
        return sql
    ctes = ",\n".join(f"feed_{name} as (\n{_READ.sub(_AS_CTE, relation_sql(name))}\n)" for name in names)
    return f"with\n{ctes}\nselect * from (\n{_READ.sub(_AS_CTE, sql)}\n)"
