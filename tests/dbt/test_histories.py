"""The history of members and of the ledger over random loads, against the rule told once in plain Python.

At each moment a member is what the loads observed by then leave: the newest row that a source still holds. Loads of two
sources come at few moments, so that many share one; they are snapshots, snapshots that delete nothing, and increments,
in which rows change and change back, are held, are missing, and return.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_runner, measure
from dagster_project.settings import Portfolio
from tests.expectations.builds import AS_OF, Load, Row
from tests.golden.warehouse import ancestors, built, failing_tests, measured
from tests.mutation.guards import guards

pytestmark = pytest.mark.long

FOREVER, EVER = datetime(9999, 12, 31), datetime(1900, 1, 1)
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 12))]
KEYS, LOADS = 40, 10
BERLIN = timedelta(hours=2)  # from UTC, in May


@dataclass(frozen=True)
class Member:
    """A feed with a history: its key, the column that changes here, what that may be, and what else a row must hold."""

    key: str
    changes: str
    values: Sequence[Any]
    model: str
    more: Row


GOAL = {
    "name": "Goal", "objective_id": "O1", "kind": "outcome", "goal_type": "reach", "unit": "points",
    "baseline_value": 0, "start_date": date(2025, 1, 1), "due_date": date(2025, 5, 3),
}  # fmt: skip
MEMBERS = {
    "teams": Member(
        "team_id",
        "is_pilot",
        [True, False],
        "int_team_versions",
        {"name": "Team", "pilot_start_date": date(2025, 4, 1)},
    ),
    "people": Member("person_id", "team_id", ["teams0", "teams1", None], "int_person_versions", {}),
    "products": Member("product_id", "name", "ab", "int_product_versions", {}),
    "customers": Member("customer_id", "segment", ["a", "b", None], "int_customer_versions", {}),
    "initiatives": Member("initiative_id", "name", "ab", "int_initiative_versions", {"stage": "active"}),
    "key_results": Member("key_result_id", "target_value", [10, 20], "int_key_result_versions", GOAL),
}
POSTED = {"posted_date": date(2025, 5, 2), "account_code": "5000", "currency": "EUR"}
LEDGER = Member("ledger_entry_id", "amount", [1, 2], "int_restated_ledger_versions", POSTED)


def loads_of(feed: str, member: Member, rng: random.Random) -> list[Load]:
    """Some loads of a feed, in the order in which a refresh counts them: by moment, then as they landed."""
    moments = sorted(datetime(2025, 5, 1) + timedelta(days=rng.randrange(4)) for _ in range(rng.randrange(4, LOADS)))
    sources = {number: rng.choice(["old", "new", "both"]) for number in range(KEYS)}
    found: list[Load] = []
    for moment in moments:
        source = rng.choice(["old", "new"])
        ours = [number for number, of in sources.items() if of in (source, "both")]
        kinds = {number: rng.choices(["row", "held", None], [6, 1, 2])[0] for number in ours}
        shown = [
            {member.key: f"{feed}{n}", member.changes: rng.choice(member.values), **member.more}
            for n, kind in kinds.items()
            if kind == "row"
        ]
        held = [{member.key: f"{feed}{n}"} for n, kind in kinds.items() if kind == "held"]
        kind, deletes = rng.choice([("snapshot", True), ("snapshot", True), ("snapshot", False), ("increment", False)])
        found.append(Load(feed, shown, held, source, kind, deletes, observed_at=moment))
    return found


def standing(loads: Sequence[Load], member: Member) -> dict[str, Any]:
    """What loads leave of each key that stands: of the rows that a source still holds the one that came last."""
    newest: dict[str, tuple[int, Any]] = {}
    for source in ("old", "new"):
        rows: dict[str, tuple[int, Any]] = {}
        last_shown: dict[str, int] = {}
        last_snapshot = 0
        for number, load in enumerate(loads):
            if load.source != source:
                continue
            for row in load.rows:
                rows[row[member.key]] = number, row[member.changes]
            last_shown |= {row[member.key]: number for row in [*load.rows, *load.held]}
            if load.kind == "snapshot" and load.deletes:
                last_snapshot = number
        for key, row in rows.items():
            if last_shown[key] >= last_snapshot:
                newest[key] = max(newest.get(key, row), row, key=lambda numbered: numbered[0])
    return {key: value for key, (_, value) in newest.items()}


def history(loads: Sequence[Load], member: Member) -> list[tuple[Any, ...]]:
    """Each version that there must be: key, value, from, to, whether it stands, whether it is the newest.

    What is shown first counts from 1900, also where the same moment takes it away again.
    """
    moments = sorted({load.observed_at for load in loads})
    by_moment = {m: standing([load for load in loads if load.observed_at <= m], member) for m in moments}
    found: list[tuple[Any, ...]] = []
    for key in sorted({row[member.key] for load in loads for row in load.rows}):
        shown = [
            (load.observed_at, row[member.changes]) for load in loads for row in load.rows if row[member.key] == key
        ]
        first = shown[0][0]
        at_first = [value for moment, value in shown if moment == first][-1]
        states: list[tuple[datetime, bool, Any]] = [(EVER, True, at_first)]
        states += [(m, key in by_moment[m], by_moment[m].get(key)) for m in moments if m >= first]
        turns = [s for n, s in enumerate(states) if n == 0 or s[1:] != states[n - 1][1:]]
        ends = [moment for moment, *_ in turns[1:]] + [FOREVER]
        spans = [(value, start, end) for (start, is_there, value), end in zip(turns, ends, strict=True) if is_there]
        found += [
            (key, value, start, end, end == FOREVER, n == len(spans)) for n, (value, start, end) in enumerate(spans, 1)
        ]
    return found


def facts(rng: random.Random) -> dict[str, list[Row]]:
    """Facts of the weeks around those loads that name all members, in one load a feed."""
    noons = [datetime(2025, 3, 1, 12) + timedelta(days=n) for n in range(0, 110, 3)]
    named = [
        {
            f"{feed[:-1]}_id": f"{feed}{rng.randrange(KEYS)}"
            for feed in ("teams", "products", "initiatives", "customers")
        }
        for _ in noons
    ]

    def some(number: int, *names: str) -> Row:
        return {f"{name}_id": named[number][f"{name}_id"] for name in names}

    work = {"item_type": "story", "title": "Work", "is_deliverable": True, "status": "Done", "status_category": "done"}
    asked = {
        "question_id": "Q",
        "survey_type": "nps",
        "is_score_question": True,
        "higher_is_better": True,
        "scale_min": 0,
        "scale_max": 10,
    }
    numbered = list(enumerate(noons))
    return {
        "accounts": [{"account_code": "5000", "account_name": "Cost", "account_type": "cost"}],
        "objectives": [{"objective_id": "O1", "name": "Aim", "team_id": "teams0", "period_start": date(2025, 1, 1), "period_end": AS_OF}],
        "work_items": [
            {**work, "work_item_id": f"W{n}", "created_at": noon - timedelta(days=20), "committed_at": noon - timedelta(days=9),
             "done_at": noon, "due_date": noon.date(), **some(n, "team", "product", "initiative")} for n, noon in numbered
        ],
        "outcome_links": [{"link_id": f"L{n}", "work_item_id": f"W{n}", "key_result_id": f"key_results{rng.randrange(KEYS)}", "weight": 1} for n, _ in numbered],
        "time_entries": [
            {"time_entry_id": f"H{n}", "work_item_id": f"W{n}", "person_id": f"people{rng.randrange(KEYS)}", "work_date": noon.date(), "hours": 4}
            for n, noon in numbered
        ],
        "rituals": [
            {"ritual_id": f"R{n}", "ritual_type": "training", "held_at": noon, "participants": 3, **some(n, "team")} for n, noon in numbered
        ],
        "survey_responses": [
            {**asked, "response_id": f"A{n}", "respondent_id": f"U{n}", "score": rng.randrange(11), "responded_at": noon, **some(n, "customer", "product", "team")}
            for n, noon in numbered
        ],
        "support_tickets": [
            {"ticket_id": f"S{n}", "opened_at": noon, "severity": "low", "reopened": False, **some(n, "customer", "product")} for n, noon in numbered
        ],
        "key_result_checkins": [
            {"key_result_id": f"key_results{rng.randrange(KEYS)}", "checked_at": noon, "value": rng.randrange(20), "confidence": 0.6} for noon in noons
        ],
    }  # fmt: skip


SETTINGS = Portfolio.model_validate(
    {"name": "drawn", "title": "Drawn", "reporting_currency": "EUR", "as_of": AS_OF, "time_zone": "Europe/Berlin"}
)


def histories(seed: int) -> dict[str, list[Load]]:
    """Loads of each feed with a history."""
    rng = random.Random(seed)
    return {feed: loads_of(feed, member, rng) for feed, member in {**MEMBERS, "ledger_entries": LEDGER}.items()}


@cache
def drawn(seed: int) -> tuple[dict[str, list[Load]], duckdb.DuckDBPyConnection]:
    """The loads of each feed, and a warehouse of them."""
    loads = histories(seed)
    models = ["fct_ledger_corrections", "fct_ledger_entries", *(member.model for member in MEMBERS.values())]
    listed = [load for of_feed in loads.values() for load in of_feed]
    return loads, built(listed, frozenset().union(*map(ancestors, models)), **SETTINGS.build_settings(SETTINGS.now()))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("feed", MEMBERS)
def test_a_version_is_what_the_loads_of_by_then_leave(feed: str, seed: int) -> None:
    loads, connection = drawn(seed)
    member = MEMBERS[feed]
    found = connection.execute(
        f"select {member.key}, {member.changes}, valid_from, valid_to, is_current, is_latest from stage.intermediate.{member.model} order by 1, 3"
    ).fetchall()

    assert found == history(loads[feed], member)


def came_late(loads: Sequence[Load], key: str) -> bool:
    """Whether each source that says what an entry is was observed before, on the day it is posted on or later.

    What the moment that shows it first takes away again was never there.
    """
    judged: list[bool] = []
    for source in ("old", "new"):
        ours = [load for load in loads if load.source == source]
        shown = [load for load in ours if any(row[LEDGER.key] == key for row in [*load.rows, *load.held])]
        if any(row[LEDGER.key] == key for load in shown for row in load.rows):
            before = [load for load in ours if load.observed_at < shown[0].observed_at]
            judged.append(bool(before) and (before[-1].observed_at + BERLIN).date() >= POSTED["posted_date"])
    first = min(load.observed_at for load in loads for row in load.rows if row[LEDGER.key] == key)
    return all(judged) and key in standing([load for load in loads if load.observed_at <= first], LEDGER)


@pytest.mark.parametrize("seed", SEEDS)
def test_restatements_explain_what_was_known_of_the_ledger_at_each_moment(seed: int) -> None:
    """What was known at a moment and what was restated since are together what is known now.

    Before an entry came at all that holds only if it came late: else it was simply posted.
    """
    loads, connection = drawn(seed)
    restated = connection.execute(
        "select ledger_entry_id, restated_at, restated_amount from core.fct_ledger_corrections"
    ).fetchall()
    of_feed = loads["ledger_entries"]
    now, first = standing(of_feed, LEDGER), {}
    for load in reversed(of_feed):
        first |= {row[LEDGER.key]: load.observed_at for row in load.rows}
    late = {entry for entry in first if came_late(of_feed, entry)}
    wrong: list[Any] = []
    for moment in {load.observed_at for load in of_feed}:
        then = standing([load for load in of_feed if load.observed_at <= moment], LEDGER)
        for entry in (entry for entry in first if first[entry] <= moment or entry in late):
            since = sum(amount for of, at, amount in restated if of == entry and at > moment)
            if then.get(entry, 0) + since != now.get(entry, 0):
                wrong.append((entry, moment, then.get(entry), since, now.get(entry)))

    assert wrong == []
    found = connection.execute(
        "select distinct ledger_entry_id from core.fct_ledger_corrections where correction_kind = 'late'"
    ).fetchall()
    assert {entry for (entry,) in found} == late


@pytest.mark.parametrize("seed", SEEDS)
def test_the_data_tests_pass(seed: int) -> None:
    assert failing_tests(drawn(seed)[1]) == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_the_whole_audit_passes(seed: int) -> None:
    """Also the independent recomputation of every metric, from loads and facts that name their members."""
    loads = [load for of_feed in histories(seed).values() for load in of_feed]
    loads += [Load(feed, rows) for feed, rows in facts(random.Random(seed)).items()]
    metrics = measure.governed(dbt_runner.manifest())
    with measured(loads, metrics, whole=True, **SETTINGS.build_settings(SETTINGS.now())) as connection:
        # the lock speaks of definitions, whatever the rows
        asked = [guard for guard in guards(connection) if guard.blocks and not guard.name.startswith("lock:")]
        assert [guard.name for guard in asked if guard.fails(connection)] == []
