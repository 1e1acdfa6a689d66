"""Small random portfolios for the property tests: Hypothesis draws a `Spec`, and one portfolio holds many cases.

A build costs far more than a case, so the cases of one portfolio share a build: each has its own initiatives, teams,
people, work, money and goals, under its own prefix. They share accounts, products, customers and exchange rates.

Each row is known from its first load on, and may have been shown otherwise before: `as_shown` gives the state that each of the three
loads shows, `additions` the same as increments.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sources.contracts import load_contracts

Row = dict[str, Any]
Feeds = dict[str, list[Row]]

NOW = date(2025, 6, 30)
FIRST = date(2024, 11, 1)
DAYS = (NOW - FIRST).days
SPENT = date(2025, 1, 20)  # money and hours lie close together, so that costs have several to be charged to
SHOWN = (
    datetime(2025, 3, 31, 20, tzinfo=UTC),
    datetime(2025, 5, 15, 20, tzinfo=UTC),
    datetime(2025, 6, 30, 12, tzinfo=UTC),
)
OVERHEAD = "rent"
LABOUR = "salaries"
MISSING = "nowhere"  # an id that never arrives

KEYS = {name: tuple(key.name for key in feed.keys) for name, feed in load_contracts().items()}
# what a row may have shown before, by feed
EARLIER: dict[str, dict[str, Sequence[Any]]] = {
    "work_items": {"title": ["Earlier title"], "item_type": ["task"]},
    "ledger_entries": {"amount": [Decimal("17.23")], "description": ["Before"], "posted_date": [date(2025, 2, 3)]},
    "teams": {"name": ["Earlier team"], "is_pilot": ["true"]},
    "people": {"team_id": ["c0-T0", None]},
    "initiatives": {"name": ["Earlier name"], "stage": ["proposed"]},
    "customers": {"region": ["South"]},
    "products": {"name": ["Earlier product"]},
    "key_results": {"name": ["Earlier goal"]},
    "survey_responses": {"score": [3]},
    "budgets": {"amount": [Decimal(5)]},
    "benefits": {"amount": [Decimal("9.99")]},
}


@dataclass(frozen=True)
class Spec:
    """What a portfolio is made from; the same spec makes the same portfolio."""

    seed: int
    time_zone: str
    labour_cost: str
    observation_window_days: int
    cases: int


def specs(cases: int) -> st.SearchStrategy[Spec]:
    """Portfolios of so many cases."""
    return st.builds(
        Spec,
        seed=st.integers(0, 2**32),
        time_zone=st.sampled_from(["America/New_York", "UTC", "Asia/Kolkata"]),
        labour_cost=st.sampled_from(["ledger", "rates"]),
        observation_window_days=st.sampled_from([30, 90, 0]),
        cases=st.just(cases),
    )


def some_day(rng: random.Random, first: date = FIRST, last: date = NOW) -> date:
    """A day between two days, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def some_time(rng: random.Random, first: date = FIRST) -> datetime:
    """A moment from a day on, before the day of the last load."""
    span = (NOW - timedelta(days=1) - first).days
    return datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(hours=rng.randrange(max(span, 1) * 24))


def maybe(rng: random.Random, values: Sequence[Any], share: float = 0.75) -> Any:
    """One of the values, or None."""
    return rng.choice(values) if values and rng.random() < share else None


def life(rng: random.Random, item: Row) -> list[Row]:
    """Give a work item its dates and status, and return the changes that led there (none for about half the items)."""
    created = some_time(rng)
    times = sorted(
        t
        for t in (created + timedelta(hours=rng.randrange(1, 24 * 90)) for _ in range(rng.randrange(1, 6)))
        if t.date() < NOW
    )
    times = sorted(set(times))
    item["created_at"] = created
    now = "to_do"
    changes: list[Row] = []
    recorded = rng.random() < 0.5
    for step, at in enumerate(times if recorded else times[:2]):
        if recorded:
            turns = {
                "to_do": ["in_progress", "in_progress", "cancelled"],
                "in_progress": ["done", "done", "done", "done", "to_do", "cancelled"],
                "done": ["in_progress", "done"],
                "cancelled": ["to_do"],
            }
            new = rng.choice(turns[now])
            if new == now:
                break
        else:
            new = "in_progress" if step == 0 else rng.choice(["done", "done", "cancelled"])
        if new == "in_progress" and not item.get("started_at"):
            item["started_at"] = at
        item["done_at"] = at if new == "done" or (new == "cancelled" and not recorded) else None
        if recorded:
            changes.append(
                {
                    "work_item_id": item["work_item_id"],
                    "field": "status_category",
                    "changed_at": at,
                    "change_seq": step,
                    "from_value": now,
                    "to_value": new,
                }
            )
        now = new
    item["status"] = item["status_category"] = now
    if now == "done":
        item["committed_at"] = maybe(rng, [created + timedelta(minutes=5)])
        later = item["done_at"] + timedelta(hours=rng.randrange(1, 200))
        item["released_at"] = later if later.date() < NOW and rng.random() < 0.4 else None
    item["due_date"] = maybe(rng, [created.date() + timedelta(days=rng.randrange(0, 120))], 0.6)
    return changes


def case(rng: random.Random, prefix: str, feeds: Feeds) -> None:  # noqa: PLR0912, PLR0915
    """Add the rows of one case."""

    def add(feed: str, **row: Any) -> Row:
        feeds[feed].append(row)
        return row

    def name(kind: str, number: int) -> str:
        return f"{prefix}{kind}{number}"

    products = [row["product_id"] for row in feeds["products"]]
    customers = [row["customer_id"] for row in feeds["customers"]]
    teams = [name("T", n) for n in range(3)]
    for n, team in enumerate(teams):
        parent = maybe(rng, teams[:n], 0.5)
        add("teams", team_id=team, name=f"Team {n}", parent_team_id=parent, is_pilot=rng.choice(["true", "false"]))
    objectives = [name("O", n) for n in range(2)]
    for n, objective in enumerate(objectives):
        add("objectives", objective_id=objective, name=f"Objective {n}", team_id=maybe(rng, teams),
            parent_objective_id=objectives[0] if n and rng.random() < 0.5 else None,
            period_start=FIRST, period_end=date(2025, 12, 31))  # fmt: skip
    key_results = [name("K", n) for n in range(rng.randrange(1, 3))]
    for key_result in key_results:
        baseline = rng.randrange(0, 50)
        start = some_day(rng, FIRST, date(2025, 3, 1))
        add("key_results", key_result_id=key_result, objective_id=rng.choice(objectives), name=f"Goal {key_result}",
            kind=rng.choice(["outcome", "outcome", "output"]), goal_type="reach", unit="points", baseline_value=baseline,
            target_value=baseline + rng.choice([-20, 10, 40]), start_date=start,
            due_date=start + timedelta(days=rng.randrange(30, 260)))  # fmt: skip
        way = feeds["key_results"][-1]["target_value"] - baseline
        for at in sorted({some_time(rng) for _ in range(rng.randrange(0, 14))}):
            add("key_result_checkins", key_result_id=key_result, checked_at=at, confidence=maybe(rng, [Decimal("0.6")]),
                value=baseline + Decimal(way * rng.randrange(-4, 14)) / 10)  # fmt: skip
    initiatives = [name("I", n) for n in range(rng.randrange(2, 4))]
    for n, initiative in enumerate(initiatives):
        ended = maybe(rng, [some_time(rng)], 0.3)
        add("initiatives", initiative_id=initiative, name=f"Initiative {n}",
            stage=rng.choice(["active", "active", "done", "cancelled", "proposed"]), objective_id=maybe(rng, objectives, 0.4),
            team_id=maybe(rng, teams), product_id=maybe(rng, products), started_at=FIRST, ended_at=ended,
            planned_end_date=maybe(rng, [some_day(rng)]), approved_at=FIRST,
            approved_amount=Decimal(5000), currency=rng.choice(["EUR", "USD"]))  # fmt: skip
    items = [name("W", n) for n in range(rng.randrange(6, 13))]
    tops: list[str] = []
    for n, item in enumerate(items):
        parent = maybe(rng, items[:n], 0.5)
        row = add("work_items", work_item_id=item, parent_work_item_id=parent, item_type=rng.choice(["story", "epic"]),
                  title=f"Work {n}", is_deliverable=rng.random() < 0.6, initiative_id=maybe(rng, [*initiatives * 3, *initiatives[:1] * 4, MISSING], 0.9),
                  team_id=maybe(rng, teams), product_id=maybe(rng, products))  # fmt: skip
        feeds["work_item_changes"].extend(life(rng, row))
        tops += [] if parent else [item]
    # work counts at one level: nothing beneath a deliverable is one
    parents = {row["work_item_id"]: row for row in feeds["work_items"]}
    for item in items:
        row = above = parents[item]
        while above["parent_work_item_id"]:
            above = parents[above["parent_work_item_id"]]
            if above["is_deliverable"]:
                row["is_deliverable"] = False
    for n in range(2):
        release = add("releases", release_id=name("R", n), product_id=rng.choice(products), name="Release",
                      released_at=some_time(rng))  # fmt: skip
        for item in rng.sample(items, 2):
            add("release_items", release_id=release["release_id"], work_item_id=item)
    people = [name("P", n) for n in range(4)]
    for person in people:
        add("people", person_id=person, team_id=maybe(rng, teams, 0.9), joined_date=FIRST)
        add("labour_rates", person_id=person, team_id=None, valid_from=FIRST, hourly_cost=rng.choice([40, Decimal("33.33")]),
            currency=rng.choice(["EUR", "USD"]))  # fmt: skip
    for n in range(rng.choice([0, 8, 40])):
        add("time_entries", time_entry_id=name("H", n), work_item_id=maybe(rng, [*items, MISSING], 0.9),
            person_id=rng.choice([*people, name("P", 9)]), work_date=some_day(rng, SPENT, date(2025, 7, 3)),
            hours=Decimal(rng.randrange(1, 80000)) / 10000)  # fmt: skip
    entries = [name("L", n) for n in range(40)]
    for entry in entries:
        posted = some_day(rng, SPENT, date(2025, 7, 5))
        add("ledger_entries", ledger_entry_id=entry, posted_date=posted,
            service_date=maybe(rng, [posted + timedelta(days=rng.randrange(-60, 20))], 0.4),
            reverses_ledger_entry_id=maybe(rng, [*entries, MISSING], 0.2),
            account_code=rng.choice(["cloud", "cloud", "cloud", "office", "wages", "sales", "loan", MISSING]),
            amount=rng.choice([0, 1, -1, 1, 1, 1]) * Decimal(rng.randrange(1, 10**rng.randrange(1, 8))) / 100,
            currency=rng.choice(["EUR", "EUR", "USD", "JPY"]), team_id=maybe(rng, [*teams, MISSING], 0.7),
            initiative_id=maybe(rng, [*initiatives, MISSING], 0.35), work_item_id=maybe(rng, [*items, MISSING], 0.3),
            product_id=maybe(rng, products, 0.3), customer_id=maybe(rng, customers, 0.1), description="Invoice")  # fmt: skip
    for n in range(rng.randrange(0, 12)):
        add("benefits", benefit_id=name("B", n), initiative_id=rng.choice([*initiatives, *initiatives[:1] * 4, MISSING]),
            key_result_id=maybe(rng, [*key_results, *key_results[:1] * 2], 0.9), month=some_day(rng, FIRST, date(2025, 8, 1)).replace(day=1),
            benefit_type=rng.choice(["hard", "hard", "soft"]), scenario=rng.choice(["actual", "actual", "planned"]),
            amount=Decimal(rng.randrange(-20000, 800000)) / 100, currency=rng.choice(["EUR", "USD", "JPY"]))  # fmt: skip
    for n in range(4):
        add("budgets", budget_id=name("G", n), month=some_day(rng).replace(day=1), account_code="cloud",
            team_id=maybe(rng, teams), initiative_id=maybe(rng, initiatives), amount=Decimal(rng.randrange(1, 9000)),
            currency="EUR", budget_version=rng.choice(["v1", "v2"]), version_date=some_day(rng))  # fmt: skip
    subjects = rng.sample([(item, None) for item in items] + [(None, one) for one in initiatives[1:]], 4)
    subjects.append((None, initiatives[0]))
    for n, (item, initiative) in enumerate(subjects):
        valid_from = maybe(rng, [some_day(rng)], 0.2)
        add("outcome_links", link_id=name("X", n), work_item_id=item, initiative_id=initiative,
            key_result_id=rng.choice(key_results) if item else key_results[0], weight=rng.choice([1, 2, Decimal("0.3"), 7]), valid_from=valid_from)  # fmt: skip
    for n in range(8):
        top = rng.choice([10, 5])
        add("survey_responses", response_id=name("A", n), question_id="Q1" if top == 10 else "Q2",
            survey_type="nps" if top == 10 else "csat", is_score_question="true", score=rng.randrange(1, top + 1),
            scale_min=0 if top == 10 else 1, scale_max=top, higher_is_better="true", respondent_id=name("U", n % 5),
            customer_id=maybe(rng, customers), product_id=maybe(rng, products), responded_at=some_time(rng))  # fmt: skip
        add("survey_responses", response_id=name("E", n), question_id="Q3", survey_type="team_health",
            is_score_question="true", score=rng.randrange(1, 6), scale_min=1, scale_max=5, higher_is_better="true",
            respondent_id=rng.choice(people), team_id=rng.choice(teams), responded_at=some_time(rng),
            topic=maybe(rng, ["goal_awareness", "psychological_safety"], 0.4))  # fmt: skip
    for n in range(4):
        add("decisions", decision_id=name("Y", n), decided_at=some_time(rng), kind=rng.choice(["goal_changed", "other"]),
            **rng.choice([{"trigger_kind": "answer", "trigger_id": name("A", n)},
                          {"trigger_kind": "check_in", "trigger_id": rng.choice(key_results)}, {}]))  # fmt: skip
        started = some_time(rng)
        add("experiments", experiment_id=name("X", n), hypothesis="h", team_id=maybe(rng, teams), started_at=started,
            decided_at=maybe(rng, [started + timedelta(days=9)]), changed_decision=maybe(rng, ["true", "false"]))  # fmt: skip
        add("recognitions", recognition_id=name("V", n), initiative_id=rng.choice(initiatives),
            recognised_at=some_time(rng))  # fmt: skip
    for n in range(3):
        opened = some_time(rng)
        add("support_tickets", ticket_id=name("S", n), customer_id=maybe(rng, customers), product_id=maybe(rng, products),
            opened_at=opened, solved_at=maybe(rng, [opened + timedelta(hours=9)]), reopened="false",
            severity="high")  # fmt: skip
        add("rituals", ritual_id=name("Z", n), ritual_type=rng.choice(["retrospective", "goal_review"]),
            team_id=maybe(rng, teams), held_at=some_time(rng), participants=4, actions_raised=2, actions_closed=1)  # fmt: skip
        add("usage_daily", product_id=rng.choice(products), user_id=name("U", n), usage_date=some_day(rng),
            feature=rng.choice(["search", "pay"]), events=rng.randrange(0, 9))  # fmt: skip


def rows_now(spec: Spec) -> Feeds:
    """What holds now: the rows of every feed."""
    rng = random.Random(spec.seed)
    feeds: Feeds = {feed: [] for feed in KEYS}
    feeds["accounts"] = [
        {"account_code": "cloud", "account_name": "Cloud", "account_type": "cost", "cost_category": "cloud"},
        {"account_code": "office", "account_name": "Office", "account_type": "cost", "cost_category": OVERHEAD},
        {"account_code": "wages", "account_name": "Wages", "account_type": "cost", "cost_category": LABOUR},
        {"account_code": "sales", "account_name": "Sales", "account_type": "revenue", "cost_category": None},
        {"account_code": "loan", "account_name": "Loan", "account_type": "transfer", "cost_category": None},
    ]
    feeds["products"] = [{"product_id": f"product{n}", "name": f"Product {n}"} for n in range(3)]
    feeds["customers"] = [
        {"customer_id": f"customer{n}", "segment": segment, "region": "North"}
        for n, segment in enumerate(("SMB", "Enterprise", None))
    ]
    # dollars throughout, with gaps that are carried on or too old; yen for a while
    for currency, last in (("USD", NOW), ("JPY", date(2025, 3, 10))):
        day = FIRST + timedelta(days=rng.randrange(20))
        while day <= last:
            rate = Decimal(rng.randrange(8000, 9900)) / (10000 if currency == "USD" else 1000000)
            feeds["exchange_rates"].append({"rate_date": day, "currency": currency, "rate_to_reporting": rate})
            day += timedelta(days=rng.choice([1, 7, 30, 45]))
    for number in range(spec.cases):
        case(rng, f"c{number}-", feeds)
    return feeds


def key_of(feed: str, row: Row) -> tuple[Any, ...]:
    """The key of a row."""
    return tuple(row.get(column) for column in KEYS[feed])


def as_shown(spec: Spec, feeds: Feeds) -> list[Feeds]:
    """The whole truth of each of the three loads; the last shows what holds now."""
    rng = random.Random(spec.seed + 1)
    shown: list[Feeds] = [{feed: [] for feed in feeds} for _ in SHOWN]
    for feed, rows in feeds.items():
        for number, row in enumerate(rows):
            first = 0 if number == 0 else rng.choice([0, 0, 0, 0, 1, 2])
            changed = rng.choice([1, 2]) if rng.random() < 0.15 else 0
            columns = EARLIER.get(feed, {})
            column = rng.choice(list(columns)) if columns else None
            for load in range(first, len(SHOWN)):
                before = column is not None and load < changed
                shown[load][feed].append(row | {column: rng.choice(columns[column])} if before and column else row)
    return shown


def additions(shown: list[Feeds]) -> list[Feeds]:
    """The same as increments: of each load the rows that it shows for the first time, or otherwise than before."""
    found: list[Feeds] = []
    known: dict[str, dict[tuple[Any, ...], Row]] = {feed: {} for feed in KEYS}
    for feeds in shown:
        found.append({f: [r for r in rows if known[f].get(key_of(f, r)) != r] for f, rows in feeds.items()})
        for feed, rows in feeds.items():
            known[feed] |= {key_of(feed, row): row for row in rows}
    return found


def with_vanished(spec: Spec, shown: list[Feeds]) -> list[Feeds]:
    """The same loads, from each of which some rows are missing that an earlier one shows, or a later one will again."""
    rng = random.Random(spec.seed + 2)
    return [
        {feed: [row for n, row in enumerate(rows) if n == 0 or rng.random() > 0.1] for feed, rows in feeds.items()}
        for feeds in shown
    ]


def text(value: Any) -> Any:
    """A value as a file holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value


def write(folder: Path, feeds: Feeds) -> None:
    """The files of a load: a CSV file a feed that has rows."""
    (folder / "feeds").mkdir(parents=True)
    for feed, rows in feeds.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / "feeds" / f"{feed}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows({column: text(value) for column, value in row.items()} for row in rows)
