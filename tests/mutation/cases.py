"""A portfolio of many small cases, drawn by a seed: three loads in which rows are corrected, late and gone, and all that
the two examples happen not to hold. It is the one that the property tests draw (`tests/dbt/random_portfolios.py`).
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from dagster_project.settings import Workspace
from sources.config import FileSource
from sources.landing import land_source
from sources.pseudonyms import portfolio_key
from tests.dbt import random_portfolios as made

RUN = "chore"
SPEC = made.Spec(
    seed=20251122, time_zone="America/New_York", labour_cost="ledger", observation_window_days=90, cases=20
)


def write_cases(folder: Path) -> Path:
    """The portfolio's folder, newly written; its loads are landed by `land_cases`."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "name": "cases",
        "title": "Cases drawn by a seed",
        "generated": True,
        "reporting_currency": "EUR",
        "time_zone": SPEC.time_zone,
        "as_of": made.NOW,
        "observation_window_days": SPEC.observation_window_days,
        "overhead_categories": [made.OVERHEAD],
        "run_item_types": [RUN],
        "labour_cost": SPEC.labour_cost,
        "labour_categories": [made.LABOUR],
        "thresholds": {"deleted_fail_share": 1.0, "quarantine_warn_share": 1.0, "quarantine_fail_share": 1.0},
    }
    (folder / "portfolio.yml").write_text(yaml.safe_dump(settings))
    return folder


def with_edges(feeds: made.Feeds, now: datetime) -> made.Feeds:
    """The same feeds and rows at the edges of the rules: at the very moment of now and behind it, with ids that say
    unknown, at the moment at which a member changes, with nothing in a column that may be empty.
    """
    later, unknown, changes = now + timedelta(days=2), "unknown", made.SHOWN[1].replace(tzinfo=None)
    soon, start = later.date(), made.FIRST
    work = {"title": "Edge", "is_deliverable": "true", "item_type": "epic", "created_at": changes}
    bill = {
        "posted_date": made.SPENT,
        "account_code": "cloud",
        "amount": Decimal(10),
        "currency": "EUR",
        "description": "Edge",
    }
    asked = {"is_score_question": "true", "higher_is_better": "true"}
    goal = {"objective_id": "e-O1", "kind": "outcome", "unit": "points", "start_date": start, "due_date": made.NOW}
    edges: made.Feeds = {
        "teams": [
            {"team_id": "e-T1", "name": "No pilot known"},
            {"team_id": "e-T2", "name": "Pilot", "is_pilot": "true", "pilot_start_date": made.SPENT},
        ],
        "objectives": [
            {"objective_id": "e-O1", "name": "Edge", "team_id": "e-T2", "period_start": start, "period_end": made.NOW},
            {"objective_id": "e-O2", "name": "Nobody's", "team_id": made.MISSING, "period_start": start, "period_end": made.NOW},
        ],
        "key_results": [
            goal | {"key_result_id": f"e-K{way}", "name": f"Hold {way}", "goal_type": "hold", "direction": way,
                    "baseline_value": 50, "target_value": 50} for way in ("up", "down")
        ] + [
            goal | {"key_result_id": "e-K3", "name": "edge", "goal_type": "reach", "baseline_value": 0, "target_value": 10,
                    "due_date": later.date() + timedelta(days=400), "kind": "output", "unit": None},
            goal | {"key_result_id": "e-K4", "name": "Measured", "goal_type": "reach", "baseline_value": 0, "target_value": 10,
                    "metric_name": "delivered", "metric_dimension": "total", "metric_member_id": "total"},
        ],
        "key_result_checkins": [
            {"key_result_id": f"e-K{way}", "checked_at": at, "value": value, "confidence": sure}
            for way in ("up", "down")
            for at, value, sure in ((changes, 50, Decimal("0.5")), (changes + timedelta(days=20), 49, Decimal("0.4")), (now, 51, None), (later, 48, None))
        ],
        "initiatives": [
            {"initiative_id": "e-I1", "name": "Ends now", "stage": "active", "ended_at": now, "approved_amount": 100, "currency": "USD", "team_id": unknown},
            {"initiative_id": "e-I2", "name": "Approved later", "stage": "active", "approved_at": later, "approved_amount": 100, "currency": "USD", "product_id": unknown, "planned_end_date": made.NOW},
            {"initiative_id": "e-I3", "name": "Its hours were booked earlier", "stage": "active", "team_id": made.MISSING},
        ],
        "work_items": [
            *(work | {"work_item_id": f"e-B{n}", "status": "waiting", "status_category": "to_do", "product_id": f"product{n}", "initiative_id": "e-I3"} for n in (0, 1)),
            work | {"work_item_id": "e-W1", "status": "done", "status_category": "done", "done_at": now, "due_date": made.NOW, "team_id": unknown, "product_id": unknown, "initiative_id": unknown},
            work | {"work_item_id": "e-W2", "status": "done", "status_category": "done", "done_at": later, "due_date": soon, "team_id": "e-T1", "initiative_id": "e-I1"},
            work | {"work_item_id": "e-W3", "status": "done", "status_category": "done", "done_at": changes, "committed_at": changes, "released_at": changes, "team_id": "e-T2", "initiative_id": "e-I2", "due_date": changes.date()},
            work | {"work_item_id": "e-W4", "status": "odd", "status_category": "unknown", "team_id": "e-T2", "due_date": changes.date()},
        ],
        "work_item_changes": [
            {"work_item_id": "e-W3", "field": "due_date", "changed_at": changes, "change_seq": 1, "from_value": "2025-01-01", "to_value": str(changes.date())},
        ],
        "releases": [
            {"release_id": "e-R1", "product_id": unknown, "name": "Now", "released_at": now},
            {"release_id": "e-R2", "product_id": "product0", "name": "Later", "released_at": later},
        ],
        "ledger_entries": [
            bill | {"ledger_entry_id": f"e-L-{column}", column: unknown}
            for column in ("team_id", "product_id", "customer_id", "account_code", "initiative_id", "work_item_id")
        ] + [bill | {"ledger_entry_id": "e-L-now", "posted_date": made.NOW}, bill | {"ledger_entry_id": "e-L-after", "posted_date": made.NOW, "initiative_id": "e-I3"}, bill | {"ledger_entry_id": "e-L-usd", "posted_date": soon, "currency": "USD"}],
        "time_entries": [
            {"time_entry_id": f"e-H{n}", "work_item_id": item, "person_id": person, "work_date": day, "hours": 2}
            for n, (item, person, day) in enumerate((("e-W3", unknown, made.SPENT), (unknown, "c0-P0", made.SPENT), (None, "c0-P1", made.NOW), ("e-W3", "c0-P0", soon), ("e-B0", "c0-P0", made.SPENT), ("e-B0", "c0-P1", made.SPENT), ("e-B1", "c0-P0", made.SPENT)))
        ],
        "budgets": [
            {"budget_id": f"e-G{n}", "month": made.NOW.replace(day=1), "account_code": unknown, "team_id": unknown, "amount": 7, "currency": "USD", "budget_version": "v3", "version_date": day}
            for n, day in enumerate((made.NOW, soon))
        ],
        "benefits": [
            {"benefit_id": "e-B1", "initiative_id": unknown, "month": made.NOW.replace(day=1), "benefit_type": "hard", "scenario": "actual", "amount": 5, "currency": "EUR"},
            {"benefit_id": "e-B2", "initiative_id": "e-I2", "month": made.NOW.replace(day=1), "benefit_type": "hard", "scenario": "actual", "amount": 0, "currency": "EUR"},
        ],
        "survey_responses": [
            asked | {"response_id": f"e-A{n}", "question_id": question, "survey_type": kind, "score": score, "scale_min": low, "scale_max": top,
                     "respondent_id": who, "product_id": product, "customer_id": unknown, "responded_at": at} | more
            for n, (question, kind, score, low, top, who, product, at, more) in enumerate((
                ("e-Q1", "csat", 3, 1, 3, "e-U1", "product0", changes, {}),
                ("e-Q1", "csat", 2, 1, 3, "e-U1", "product0", changes, {}),
                ("e-Q1", "csat", 2, 1, 3, None, unknown, now, {}),
                ("e-Q2", "ces", 5, 1, 7, "e-U1", "product1", changes, {}),
                ("e-Q2", "ces", 7, 1, 7, "e-U2", "product1", now, {}),
                ("e-Q2", "ces", 4, 1, 7, "e-U3", "product1", later, {}),
                ("e-Q3", "approval", 1, 0, 1, "e-U1", "product1", changes, {}),
                ("e-Q3", "approval", Decimal("0.5"), 0, 1, "e-U2", "product1", changes, {}),
                ("e-Q4", "csat", 2, 1, 5, "e-U1", "product2", changes, {"higher_is_better": "false"}),
                ("e-Q4", "csat", 2, 1, 5, "e-U1", "product2", changes + timedelta(days=40), {}),
                (unknown, "nps", 9, 0, 10, "e-U1", "product2", changes, {"is_score_question": "false"}),
            ))
        ],
        "support_tickets": [
            {"ticket_id": f"e-S{n}", "customer_id": customer, "product_id": product, "opened_at": opened, "first_response_at": answered, "solved_at": solved, "reopened": "false", "severity": "low"}
            for n, (customer, product, opened, answered, solved) in enumerate((
                ("customer0", "product0", changes, changes, changes),
                ("customer1", "product1", changes, changes - timedelta(hours=1), now),
                (unknown, unknown, now, later, later),
                ("customer2", "product2", later, None, None),
            ))
        ],
        "rituals": [
            {"ritual_id": f"e-Z{n}", "ritual_type": "retrospective", "team_id": team, "held_at": at, "participants": 3, "actions_raised": 2, "actions_closed": 2}
            for n, (team, at) in enumerate((("e-T1", changes), ("e-T1", changes), ("e-T1", now), ("e-T2", later), (unknown, changes)))
        ],
        "usage_daily": [
            {"product_id": product, "user_id": "e-U1", "usage_date": day, "feature": feature, "events": events}
            for product, day, feature, events in (
                (unknown, made.SPENT, "search", 2), ("product0", soon, "search", 2), ("product0", made.NOW, "pay", 0),
                ("product0", made.NOW - timedelta(days=6), "pay", 1), ("product0", made.NOW - timedelta(days=27), "pay", 1),
                ("product0", made.NOW - timedelta(days=28), "search", 1), ("product0", made.NOW - timedelta(days=7), "search", 1),
            )
        ],
    }  # fmt: skip
    return {feed: [*rows, *edges.get(feed, [])] for feed, rows in feeds.items()}


def pilots() -> made.Feeds:
    """Teams that became pilots on two days, and some that didn't, with work, answers and rituals around these days.

    The windows around the first day are a year long, those around the second as long as the pilot has run: what lies on
    their first and last days and just outside is told apart by its figures. One team has just enough before the second
    day, one just too little. Three pilots are too few to tell an NPS by; all close every action, so that nothing varies.
    """
    rng = random.Random(SPEC.seed + 3)
    early, late = date(2024, 5, 10), date(2025, 1, 15)
    reach = (made.NOW - late).days + 1
    edges = [late + timedelta(days=n) for n in (-reach - 1, -reach, -1, 0, reach - 1)]
    edges += [early + timedelta(days=n) for n in (-366, -365, -1, 0, 364, 365)]
    often = [date(2023, 6, 5) + timedelta(days=23 * n) for n in range(33)]
    after = [day for day in often if day > late]
    begun = {"v-P0": early, "v-P1": early, "v-P2": early, "v-P3": late, "v-P4": late, "v-P5": late,
             "v-now": made.NOW, "v-soon": made.NOW + timedelta(days=1), "v-since": None}  # fmt: skip
    days = {
        team: often + edges * (team in ("v-P0", "v-P3", "v-R0")) for team in (*begun, "v-R0", "v-R1", "v-R2", "v-R3")
    }
    days |= {f"v-{n}": [late - timedelta(days=number) for number in range(1, n + 1)] + after for n in (4, 5)}
    days["v-new"] = after
    found: made.Feeds = {
        "teams": [{"team_id": team, "name": team, "is_pilot": team in begun, "pilot_start_date": begun.get(team)} for team in days],
        "objectives": [{"objective_id": "v-O", "name": "Pilots", "period_start": made.FIRST, "period_end": made.NOW}],
        "key_results": [
            {"key_result_id": f"v-{kind}", "objective_id": "v-O", "name": kind, "kind": kind, "goal_type": "reach", "unit": "points",
             "baseline_value": 0, "target_value": 10, "start_date": made.FIRST, "due_date": made.NOW} for kind in ("outcome", "output")
        ],
        "work_items": [], "outcome_links": [], "survey_responses": [], "rituals": [],
    }  # fmt: skip
    asked = {"is_score_question": "true", "higher_is_better": "true", "scale_min": 0, "scale_max": 10}
    for team, number, day in [(of, number, day) for of in days for number, day in enumerate(days[of])]:
        noon, name, is_early = datetime(day.year, day.month, day.day, 16, tzinfo=UTC), f"{team}-{number}", number < 5
        found["work_items"].append(
            {"work_item_id": name, "title": name, "is_deliverable": "true", "team_id": team, "status": "s",
             "item_type": "epic" if is_early else rng.choice(["epic", "epic", "epic", RUN]),
             "status_category": "done" if is_early or rng.random() < 0.9 else "cancelled",
             "created_at": noon - timedelta(days=60), "committed_at": None if number == 7 else noon - timedelta(hours=rng.randrange(48, 900)),
             "done_at": noon, "released_at": noon + timedelta(days=20) if number % 4 == 1 else None, "due_date": day if is_early else day + timedelta(days=rng.choice([-1, 0, 9]))}
        )  # fmt: skip
        if (kind := rng.choice(["outcome", "outcome", "output", None])) is not None:
            link = {"link_id": name, "work_item_id": name, "key_result_id": f"v-{kind}", "weight": 1}
            found["outcome_links"].append(link)
        if begun.get(team) != late:
            answer = asked | {"team_id": team, "responded_at": noon}
            found["survey_responses"] += [
                answer | {"response_id": name, "question_id": "v-Q", "survey_type": "nps", "score": rng.randrange(4, 11),
                          "respondent_id": None if number % 9 == 8 else f"{team}-{number % 6}"},
                answer | {"response_id": f"{name}e", "question_id": "v-E", "survey_type": "enps", "score": 10, "respondent_id": name},
            ]  # fmt: skip
        raised = 1 if team in ("v-4", "v-5") else rng.randrange(1, 4)
        found["rituals"].append(
            {"ritual_id": name, "ritual_type": "retrospective", "team_id": team, "held_at": noon, "participants": 3,
             "actions_raised": raised, "actions_closed": None if number == 9 else raised}
        )  # fmt: skip
    # before the first day five answers of four people: too few
    before = [
        datetime(early.year, early.month, early.day, 16, tzinfo=UTC) - timedelta(days=n) for n in (1, 2, 3, 4, 90)
    ]
    found["survey_responses"] += [
        asked | {"team_id": "v-new", "responded_at": moment, "response_id": f"v-again-{n}", "question_id": "v-Q",
                 "survey_type": "nps", "score": 10, "respondent_id": f"v-again-{n % 4}"} for n, moment in enumerate(before)
    ]  # fmt: skip
    return found


def spoilt(shown: list[made.Feeds]) -> list[made.Feeds]:
    """The same loads, in the last of which one row can't be read: its key is held, and what it said before stands."""
    bad = [
        row | {"status_category": "no such"} if row["work_item_id"] == "c0-W0" else row
        for row in shown[-1]["work_items"]
    ]
    return [*shown[:-1], shown[-1] | {"work_items": bad}]


def land_cases(space: Workspace) -> None:
    """Land the three loads into a home."""
    now = space.portfolio.now().astimezone(UTC).replace(tzinfo=None)
    shown = spoilt(made.with_vanished(SPEC, made.as_shown(SPEC, with_edges(made.rows_now(SPEC), now))))
    beside = pilots()
    shown = [{feed: [*rows, *beside.get(feed, [])] for feed, rows in feeds.items()} for feeds in shown]
    run_at, rules = space.portfolio.now(), space.portfolio.landing_rules()
    for number, feeds in enumerate(shown):
        load = space.folder / f"load{number}"
        if not load.exists():
            made.write(load, feeds)
            (load / "data").mkdir()
        source = FileSource.model_validate(
            {
                "name": "files",
                "observed_at": made.SHOWN[number],
                "covers": {feed: [["2023-01-01", "2025-07-01"]] for feed in feeds},
            }
        )
        land_source(load, space.home, source, rules, portfolio_key(space.home), run_at)
