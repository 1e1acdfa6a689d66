"""Whether data is as fresh as it should be, at any moment between two refreshes: feeds by the rule of the audit
(`feed_is_fresh`), the published warehouse by the portfolio's schedule.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
from cronsim import CronSim

from dagster_project.catalog import given
from dagster_project.home import last_refresh
from dagster_project.settings import Workspace
from expectations.gx import load_checks
from serving import words
from serving.page import SHOWN
from serving.versions import served_if_whole
from sources import loads

RULE = "feed_is_fresh"
WAREHOUSE = "published_warehouse"


@dataclass(frozen=True)
class Freshness:
    """Whether something is fresh: a feed by its name, or the published warehouse."""

    name: str
    is_fresh: bool
    observed: str
    expected: str


def freshness(space: Workspace, now: datetime | None = None) -> list[Freshness]:
    """How fresh each feed is that has data, and the published warehouse if there is a schedule. `now` is aware."""
    return [*_feeds(space, now or space.portfolio.now()), *_warehouse(space, now or datetime.now(UTC))]


def _feeds(space: Workspace, now: datetime) -> Iterator[Freshness]:
    [rule] = [check for check in load_checks() if check.name == RULE]
    by_feed: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with duckdb.connect(config=space.limits.config()) as connection:
        # the audit's query, over the loads there are now and at this moment
        connection.execute("attach ':memory:' as stage; create schema stage.landing")
        connection.execute("create table stage.landing.loads (feed varchar, source varchar, observed_at timestamp)")
        connection.execute("create table stage.landing.settings as select ?::timestamp as as_of_at", [_utc(now)])
        rows = [
            [load["feed"], load["source"], _utc(datetime.fromisoformat(load["observed_at"]))]
            for load in loads.freeze(space.home, now, given=given(space)).loads
        ]
        if rows:
            connection.executemany("insert into stage.landing.loads values (?, ?, ?)", rows)
        found = connection.execute(f"select feed, source, age_days, usual_to, is_fresh from ({rule.rows})")
        for feed, *row in found.fetchall():
            by_feed[feed].append(tuple(row))
    for feed, sources in sorted(by_feed.items()):
        source, age, usual, _ = max(sources, key=lambda row: (not row[3], row[1]))
        yield Freshness(
            feed,
            all(row[3] for row in sources),
            f"{source} last showed it {words.plural(age, 'day')} ago",
            f"at most {words.plural(int(usual), 'day')} ago",
        )


def _warehouse(space: Workspace, now: datetime) -> Iterator[Freshness]:
    schedule, last, served = space.portfolio.schedule, last_refresh(space.home), served_if_whole(space.home)
    if schedule is None or served is None:
        return
    due = CronSim(schedule, now.astimezone(space.portfolio.zone), reverse=True)
    next(due)
    since = next(due)  # the last but one time: a refresh may be late, or just be running
    good = words.instant(last["ended_at"]) if last and last["outcome"] in SHOWN else served.published_at
    yield Freshness(
        WAREHOUSE,
        good is not None and good >= since,
        f"last refreshed without a failure {words.minute(good.isoformat())}" if good else "never refreshed",
        f"since {words.minute(since.isoformat())}, the schedule's last time but one",
    )


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).replace(tzinfo=None)
