"""The rules of cost, credits and value written again in plain Python, from a random portfolio's own rows.

Nothing here reads a model's SQL: integers and fractions, one loop after another, slow and easy to check against the
words of docs/model.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.dbt.random_portfolios import NOW, OVERHEAD, SHOWN, Feeds, Row, Spec

MAX_RATE_AGE = timedelta(days=31)
Split = dict[str | None, tuple[Decimal | None, str]]


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def split(units: int, weights: dict[str, int]) -> dict[str, int]:
    """Whole units by integer weights, exactly: the largest remainders get what is left, then the greatest weights."""
    total = sum(weights.values())
    parts = [(abs(units) * w % total, w, name, abs(units) * w // total) for name, w in weights.items() if w]
    parts.sort(key=lambda part: (-part[0], -part[1], part[2]))
    left = abs(units) - sum(part[3] for part in parts)
    given = {part[2]: part[3] + (rank < left) for rank, part in enumerate(parts)}
    kept = {name: n for name, n in given.items() if n} or {min(parts, key=lambda part: (-part[1], part[2]))[2]: 0}
    return {name: n if units >= 0 else -n for name, n in kept.items()}


def converted(feeds: Feeds, amount: Decimal, currency: str, day: date) -> Decimal | None:
    """An amount at the latest earlier rate, rounded to four places; None without a rate that is young enough."""
    if currency == "EUR":
        return amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    rates = [(r["rate_date"], r["rate_to_reporting"]) for r in feeds["exchange_rates"] if r["currency"] == currency]
    earlier = max((rate for rate in rates if rate[0] <= day), default=None)
    if earlier is None or day - earlier[0] > MAX_RATE_AGE or day > NOW:
        return None
    return (amount * earlier[1]).quantize(Decimal("0.0001"), ROUND_HALF_UP)


class Costs:
    """What each entry is allocated to of a portfolio's ledger."""

    def __init__(self, spec: Spec, feeds: Feeds, shown: list[Feeds]) -> None:
        self.spec, self.feeds, self.zone = spec, feeds, ZoneInfo(spec.time_zone)
        self.items = {row["work_item_id"]: row for row in feeds["work_items"]}
        self.now = datetime.combine(NOW + timedelta(days=1), time(), self.zone).astimezone(UTC) - timedelta(
            microseconds=1
        )
        self.deliverables = {name for name, row in self.items.items() if row["is_deliverable"]}
        self.changes: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(feeds["work_item_changes"], key=lambda row: row["changed_at"]):
            self.changes[row["work_item_id"]].append(row)
        self.days: dict[tuple[str, date], int] = defaultdict(int)
        for name in self.items:
            if owner := self.deliverable_of(name):
                for day in self.days_in_progress(name):
                    self.days[owner, month_of(day)] += 1
        versions = [{row["person_id"]: row["team_id"] for row in load["people"]} for load in shown]
        # a corrected entry belongs where it was first shown
        self.first_posted: dict[str, date] = {
            row["ledger_entry_id"]: row["posted_date"] for load in reversed(shown) for row in load["ledger_entries"]
        }
        self.seconds: dict[tuple[str, date, str | None], int] = defaultdict(int)
        for row in feeds["time_entries"]:
            owner = self.deliverable_of(row["work_item_id"])
            if owner and row["work_date"] <= NOW:
                team = self.team_then(versions, row["person_id"], row["work_date"])
                booked = int((row["hours"] * 3600).quantize(Decimal(1), ROUND_HALF_UP))
                self.seconds[owner, month_of(row["work_date"]), team] += booked

    def local(self, at: datetime) -> date:
        """The portfolio's day of a moment."""
        return at.astimezone(self.zone).date()

    def above(self, name: str | None) -> Iterable[str]:
        """A work item and its ancestors, nearest first."""
        while name in self.items:
            yield name
            name = self.items[name]["parent_work_item_id"]

    def deliverable_of(self, name: str | None) -> str | None:
        """The nearest deliverable: the item itself or above it."""
        return next((one for one in self.above(name) if one in self.deliverables), None)

    def team_then(self, versions: list[dict[str, Any]], person: str, day: date) -> str | None:
        """A person's team on a day: what was shown first holds from the beginning."""
        known = [(at, shown[person]) for at, shown in zip(SHOWN, versions, strict=True) if person in shown]
        begun = datetime.combine(day, time(), UTC)
        return [team for n, (at, team) in enumerate(known) if n == 0 or at <= begun][-1] if known else None

    def stretches(self, name: str) -> list[tuple[datetime, datetime]]:
        """When an item was in progress."""
        item, changes = self.items[name], self.changes[name]
        if not changes:
            started = item.get("started_at")
            return [(started, item.get("done_at") or self.now)] if started else []
        ends = [row["changed_at"] for row in changes[1:]] + [self.now]
        return [
            (row["changed_at"], end) for row, end in zip(changes, ends, strict=True) if row["to_value"] == "in_progress"
        ]

    def first_done(self, name: str) -> date:
        """The day on which an item that is done was first done."""
        turns = [row["changed_at"] for row in self.changes[name] if row["to_value"] == "done"]
        return self.local(min([*turns, self.items[name]["done_at"]]))

    def last_touch(self, name: str) -> datetime:
        """When an item was last touched."""
        item = self.items[name]
        own = [item[column] for column in ("created_at", "started_at", "done_at") if item.get(column)]
        return max(own + [row["changed_at"] for row in self.changes[name]])

    def days_in_progress(self, name: str) -> set[date]:
        """The days on which an item was in progress; 30 days after its last change it counts no more."""
        until = self.last_touch(name) + timedelta(days=30)
        found: set[date] = set()
        for begin, end in self.stretches(name):
            last = min(end, until) - timedelta(microseconds=1)
            if begin <= last:
                span = (self.local(last) - self.local(begin)).days
                found |= {self.local(begin) + timedelta(days=n) for n in range(span + 1)}
        return found

    def can_bear(self, name: str, month: date) -> bool:
        """Whether a deliverable was created by a month's end and not cancelled before the month."""
        item = self.items[name]
        cancelled = None
        if item["status_category"] == "cancelled":
            turns = [row["changed_at"] for row in self.changes[name] if row["to_value"] == "cancelled"]
            cancelled = turns[-1] if turns else item.get("done_at") or item["created_at"]
        created = month_of(self.local(item["created_at"])) <= month
        return created and (cancelled is None or month_of(self.local(cancelled)) >= month)

    def ladder(self, candidates: Iterable[str], month: date) -> dict[str, int]:
        """Candidates with their weights: the first measure of which there is any."""
        names = [name for name in candidates if self.can_bear(name, month)]
        hours: dict[str, dict[date, int]] = {name: defaultdict(int) for name in names}
        for (name, booked, _), seconds in self.seconds.items():
            if name in hours:
                hours[name][booked] += seconds
        measures: list[Callable[[str], int]] = [
            lambda name: hours[name].get(month, 0),
            lambda name: self.days.get((name, month), 0),
            lambda name: sum(seconds for booked, seconds in hours[name].items() if booked < month),
            lambda _: 1,
        ]
        for measure in measures:
            weights = {name: measure(name) for name in names}
            if any(weights.values()):
                return weights
        return {}

    def of_team(self, team: str, month: date) -> dict[str, int]:
        """Deliverables of a team and its sub-teams, by its people's hours, else by days in progress."""
        parents = {row["team_id"]: row["parent_team_id"] for row in self.feeds["teams"]}
        branch = {team}
        while more := {one for one, parent in parents.items() if parent in branch} - branch:
            branch |= more
        weights: dict[str, int] = defaultdict(int)
        for (name, booked, whose), seconds in self.seconds.items():
            if booked == month and whose in branch and self.can_bear(name, month):
                weights[name] += seconds
        if weights:
            return weights
        own = [n for n in self.deliverables if self.items[n]["team_id"] in branch and self.can_bear(n, month)]
        return {name: self.days[name, month] for name in own if self.days.get((name, month))}

    def ruled(self, entry: Row) -> tuple[str, dict[str, int]]:
        """The first rule that applies to an entry, with the deliverables that it is allocated to and their weights."""
        categories = {row["account_code"]: row["cost_category"] for row in self.feeds["accounts"]}
        month = month_of(entry["service_date"] or self.first_posted[entry["ledger_entry_id"]])
        item = entry["work_item_id"]
        if categories[entry["account_code"]] == OVERHEAD:
            return "overhead", {}
        if owner := self.deliverable_of(item):
            return "work_item", {owner: 1}
        beneath = [name for name in self.deliverables if item in self.items and item in set(self.above(name))]
        if weights := self.ladder(beneath, month):
            return "work_item", weights
        initiative = entry["initiative_id"] or self.items.get(item, {}).get("initiative_id")
        if initiative:
            theirs = [name for name in self.deliverables if self.items[name]["initiative_id"] == initiative]
            return "initiative", self.ladder(theirs, month)
        weights = self.of_team(entry["team_id"], month) if entry["team_id"] else {}
        return ("team", weights) if weights else ("unallocated", {})

    def origin(self, entry: Row, entries: dict[str, Row]) -> Row:
        """The entry whose weights an entry takes: the end of its chain of reversals, or where it enters a circle."""
        path = [entry["ledger_entry_id"]]
        while (before := entries[path[-1]]["reverses_ledger_entry_id"]) in entries:
            if before in path:
                return entry if before == path[0] else entries[before]
            path.append(before)
        return entries[path[-1]]

    def entries(self) -> dict[str, Row]:
        """The ledger's entries of cost, up to now."""
        types = {row["account_code"]: row["account_type"] for row in self.feeds["accounts"]}
        labour = {"wages"} if self.spec.labour_cost == "rates" else set[str]()
        return {
            row["ledger_entry_id"]: row
            for row in self.feeds["ledger_entries"]
            if types.get(row["account_code"]) == "cost"
            and row["posted_date"] <= NOW
            and row["account_code"] not in labour
        }

    def allocations(self) -> dict[str, Split]:
        """What each deliverable (None: unallocated) is charged of each entry, and by which rule."""
        entries = self.entries()
        found: dict[str, Split] = {}
        for name, entry in entries.items():
            amount = converted(self.feeds, entry["amount"], entry["currency"], entry["posted_date"])
            origin = self.origin(entry, entries)
            rule, weights = self.ruled(origin)
            rule = rule if origin is entry or rule == "overhead" else "reversal"
            if amount is None:
                found[name] = {None: (None, "no_rate")}
            elif not weights:
                found[name] = {None: (amount, rule)}
            else:
                shares = split(int(amount * 10000), weights)
                found[name] = {who: (Decimal(units) / 10000, rule) for who, units in shares.items()}
        return found


def credits(units: int, candidates: dict[str, Decimal]) -> dict[str | None, Decimal]:
    """What each deliverable (None: none) is credited of a benefit, by the benefit shares of its candidates."""
    weights = {name: int(share * 10**12) for name, share in candidates.items() if share > 0}
    if not weights:
        return {None: Decimal(units) / 10000}
    return {name: Decimal(n) / 10000 for name, n in split(units, weights).items()}


# ---- value


def verdict_of_score(score: Fraction | None) -> str | None:
    """S of docs/model.md's table."""
    if score is None:
        return None
    fair, good = Fraction(3, 10), Fraction(7, 10)
    return (
        "negative" if score <= Fraction(-1, 10) else "none" if score < fair else "some" if score < good else "created"
    )


def verdict_of_money(benefit: Decimal | None, cost: Decimal | None, plan_end: date | None) -> str | None:
    """M of docs/model.md's table; None without a hard actual benefit or a complete cost.

    `plan_end` is the last day of an initiative's plan; None without one, and of a deliverable.
    """
    if benefit is None or cost is None:
        return None
    if plan_end and plan_end <= NOW and benefit < cost and cost > 0:
        return "negative"
    return "negative" if benefit < 0 else "none" if benefit == 0 else "some" if benefit <= cost else "created"


def statuses(  # every row of the table that applies, in the table's order
    *,
    is_done: bool,
    has_case: bool,
    has_initiatives_case: bool,
    is_initiative_lost: bool,
    judged_from: date | None,
    goal_running: bool,
    score: str | None,
    money: str | None,
) -> list[str]:
    """The statuses whose condition holds, first match first; the last row always holds."""
    told = {score, money} - {None}
    conditions = [
        (not is_done, "not_delivered"),
        (not has_case and not has_initiatives_case, "unlinked"),
        (not has_case, "unmeasured"),
        (judged_from is not None and judged_from > NOW, "too_early"),
        (goal_running, "too_early"),
        (("negative" in told or is_initiative_lost) and bool(told & {"some", "created"}), "mixed"),
        ("negative" in told, "negative"),
        (money == "created" or (money is None and score == "created"), "value_created"),
        (bool(told & {"some", "created"}), "some_value"),
        ("none" in told, "no_effect"),
        (True, "unmeasured"),
    ]
    return [status for holds, status in conditions if holds]


def score_of(
    goals: Iterable[tuple[Row, Fraction]],
    checkins: dict[str, list[Row]],
    local: Callable[[datetime], date],
    delivered: date | None,
    window: int,
) -> tuple[Fraction | None, bool]:
    """s over key results with their weights, and whether a goal is still running."""
    total = usable = weighted = Fraction(0)
    running = False
    for goal, weight in goals:
        total += weight
        # what is done on an unknown day is judged no sooner than its goals are due
        judged_to = max(goal["due_date"], delivered + timedelta(days=window)) if delivered else goal["due_date"]
        running |= judged_to > NOW
        if delivered is None:
            continue
        by_day: dict[date, Fraction] = {}
        for row in sorted(checkins.get(goal["key_result_id"], []), key=lambda row: row["checked_at"]):
            day = local(row["checked_at"])
            if goal["start_date"] <= day <= NOW:
                way = Fraction(goal["target_value"]) - Fraction(goal["baseline_value"])
                by_day[day] = (Fraction(row["value"]) - Fraction(goal["baseline_value"])) / way
        before = [raw for day, raw in sorted(by_day.items()) if day <= delivered]
        after = [raw for day, raw in sorted(by_day.items()) if delivered < day <= min(NOW, judged_to)]
        if not after or (before and before[-1] >= Fraction(7, 10) and after[-1] <= before[-1]):
            continue
        usable += weight
        weighted += weight * max(Fraction(-1), min(Fraction(1), after[-1]))
    return (weighted / usable if usable and usable * 2 >= total else None), running
