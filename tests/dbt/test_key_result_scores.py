"""Goals of a made-up portfolio, scored by dbt and again by a plain loop over what was shown when: both must agree.

The loop knows nothing of the models. It takes each key result as the folders showed it, walks its changes one by one, and
computes with fractions. Of a metric it takes the published months, which other tests hold.
"""

import csv
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import yaml

from dagster_project import dbt_runner, model_runner
from dagster_project.run import Run
from dagster_project.settings import workspace
from sources import loads
from sources.landing import land_source
from tests.golden.warehouse import build_and_measure

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("goal_scores")]

ZONE = ZoneInfo("America/New_York")
NOW = date(2025, 6, 20)
SHOWN = (date(2024, 10, 31), date(2024, 12, 31), date(2025, 2, 14), date(2025, 3, 31), date(2025, 6, 20))
GOOD = Fraction(7, 10)
KEY_RESULTS = 120
Row = dict[str, Any]


@dataclass
class Goal:
    """A key result as the folders showed it, by folder (None where it was missing), with its check-ins."""

    key_result_id: str
    states: list[Row | None]
    checkins: list[tuple[datetime, Fraction]] = field(default_factory=list[tuple[datetime, Fraction]])


def made_up(rng: random.Random, number: int) -> Goal:
    """A key result that may be re-baselined, postponed, dropped and taken up again, with check-ins at any time of day."""
    start = date(2024, 9, 1) + timedelta(days=rng.randrange(0, 300))
    metric = rng.choice(["nps", "delivered"]) if number % 4 == 0 else ""
    baseline = rng.randrange(-70, -20) if metric == "nps" else rng.randrange(0, 100)
    state: Row = {
        "key_result_id": f"K{number}",
        "objective_id": rng.choice(["O1", "O2", "O9"]),
        "name": f"Goal {number}",
        "kind": rng.choice(["outcome", "outcome", "output"]),
        "goal_type": "reach" if number % 5 else "hold",
        "unit": "points",
        "direction": rng.choice(["up", "down"]),
        "baseline_value": baseline,
        "target_value": baseline + rng.choice([-30, -7, 5, 20]),
        "start_date": start,
        "due_date": start + timedelta(days=rng.randrange(1, 200)),
        "metric_name": metric,
    }
    states: list[Row | None] = []
    for _ in SHOWN:
        state = dict(state)
        match rng.randrange(8):
            case 0:
                state["target_value"] = state["baseline_value"] + rng.choice([-11, 13])
            case 1:
                state["baseline_value"] = state["target_value"] - rng.choice([-9, 17])
            case 2:
                state["due_date"] += timedelta(days=rng.randrange(1, 90))
            case 3:
                state["name"] += "!"
            case _:
                pass
        states.append(None if rng.randrange(12) == 0 else state)
    if all(shown is None for shown in states):
        states[-1] = state
    goal = Goal(f"K{number}", states)
    for _ in range(rng.randrange(0, 12)):
        at = datetime(2024, 8, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(0, 335 * 24), minutes=rng.randrange(60))
        way = state["target_value"] - state["baseline_value"] or 10
        goal.checkins.append((at, state["baseline_value"] + Fraction(way * rng.randrange(-5, 16), 10)))
    goal.checkins = list(dict(goal.checkins).items())
    return goal


def write(folder: Path, name: str, rows: list[Row]) -> None:
    """Rows as a CSV file."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def portfolio(folder: Path, goals: list[Goal], rng: random.Random) -> Path:
    """The folder of a portfolio whose history shows these goals, with surveys and deliverables for its metrics."""
    objectives = [
        {"objective_id": name, "name": name, "period_start": "2024-09-01", "period_end": "2025-12-31"}
        for name in ("O1", "O2")
    ]
    checkins = [
        {"key_result_id": goal.key_result_id, "checked_at": at.isoformat(), "value": str(float(value))}
        for goal in goals
        for at, value in goal.checkins
    ]
    for number, day in enumerate(SHOWN):
        shown = [state for goal in goals if (state := goal.states[number]) is not None]
        write(folder / "data" / day.isoformat(), "key_results.csv", shown)
        write(folder / "data" / day.isoformat(), "objectives.csv", objectives)
        write(folder / "data" / day.isoformat(), "key_result_checkins.csv", checkins)
    for feed in ("key_results", "objectives", "key_result_checkins"):
        (folder / "feeds").mkdir(exist_ok=True)
        (folder / "feeds" / f"{feed}.sql").write_text(f"select * from raw.{feed}\n")
    (folder / "more").mkdir()
    answers = [
        {
            "response_id": f"R{number}",
            "question_id": "Q1",
            "survey_type": "nps",
            "is_score_question": "true",
            "score": rng.randrange(0, 11),
            "scale_min": 0,
            "scale_max": 10,
            "higher_is_better": "true",
            "responded_at": (datetime(2024, 9, 1) + timedelta(hours=rng.randrange(0, 290 * 24))).isoformat(),
        }
        for number in range(900)
    ]
    done = [datetime(2024, 9, 2, 12) + timedelta(days=rng.randrange(0, 285)) for _ in range(250)]
    items = [
        {
            "work_item_id": f"W{number}",
            "item_type": "story",
            "title": "Story",
            "status": "done",
            "status_category": "done",
            "is_deliverable": "true",
            "created_at": "2024-09-01T00:00:00",
            "done_at": at.isoformat(),
        }
        for number, at in enumerate(done)
    ]
    write(folder / "feeds", "survey_responses.csv", answers)
    write(folder / "feeds", "work_items.csv", items)
    settings = {
        "name": "goals",
        "title": "Goals",
        "reporting_currency": "EUR",
        "time_zone": ZONE.key,
        "as_of": NOW,
        "thresholds": {"deleted_fail_share": 1.0},
        "sources": [
            {"name": "okr", "history": True, "feeds": ["key_results", "objectives", "key_result_checkins"]},
            {
                "name": "rest",
                "path": "more",
                "feeds": ["survey_responses", "work_items"],
                "observed_at": "2025-06-21T03:00:00Z",
                "covers": {feed: [["2024-09-01", "2025-06-21"]] for feed in ("survey_responses", "work_items")},
            },
        ],
    }
    (folder / "portfolio.yml").write_text(yaml.safe_dump(settings))
    return folder


@dataclass(frozen=True)
class Built:
    """The goals, and what the warehouse says of them."""

    goals: list[Goal]
    readings: dict[tuple[str, date], Row]
    progress: dict[tuple[str, date], Row]
    scorecard: dict[str, Row]
    months: list[Row]


def rows_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """All rows of a table as dicts."""
    result = connection.execute(f"select * from {table}")
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    rng = random.Random(20251122)
    goals = [made_up(rng, number) for number in range(KEY_RESULTS)]
    folder = portfolio(tmp_path_factory.mktemp("goals"), goals, rng)
    home = tmp_path_factory.mktemp("home")
    run = Run(workspace(folder).model_copy(update={"home": home}), home)
    for source in run.space.portfolio.sources:
        land_source(folder, home, source, run.space.portfolio.landing_rules(), run.key, run.landed_at)
    model_runner.fresh_build(run.space.build)
    loads.expose(run.frozen, home, run.space.stage, run.space.portfolio.build_settings(run.now))
    build_and_measure(run.space.build)
    failed = dbt_runner.invoke(run.space.build, "test", "--select", *TESTS)
    assert {r.unique_id: r.status for r in failed if r.status != "pass"} == {}
    with duckdb.connect(str(run.space.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{run.space.stage}' as stage (read_only)")
        readings = rows_of(connection, "stage.intermediate.int_key_result_readings")
        progress = rows_of(connection, "core.fct_key_result_progress")
        scorecard = rows_of(connection, "outcomes.goal_scorecard")
        months = [r for r in rows_of(connection, "metrics.fct_metric_values") if r["grain"] == "month"]
    return Built(
        goals,
        {(r["key_result_id"], r["read_date"]): r for r in readings},
        {(r["key_result_id"], r["as_of_date"]): r for r in progress},
        {r["key_result_id"]: r for r in scorecard},
        [r for r in months if r["dimension_name"] == "total" and r["status"] == "measured" and not r["is_partial"]],
    )


TESTS = (
    "score_is_frozen_at_due_date",
    "key_result_progress_matches_last_reading",
    "objective_score_is_mean_of_key_results",
    "scorecard_has_one_row_per_key_result",
    "scd2_versions_do_not_overlap",
    "current_rows_have_one_current_version",
)


# ---- the plain loop


def changes_that_count(goal: Goal) -> list[tuple[date, Row]]:
    """The states in force, each with the day it was shown: a change shown after the due date in force ends the walk."""
    walked: list[tuple[date, Row]] = []
    previous: Row | None = None
    for day, state in zip(SHOWN, goal.states, strict=True):
        if state is None or state == previous:
            previous = state
            continue
        if walked and day > walked[-1][1]["due_date"]:
            break
        walked.append((date.min if not walked else day, state))
        previous = state
    return walked


def in_force(walked: list[tuple[date, Row]], day: date, *, within_day: bool) -> Row:
    """The state in force on a day: during it (a folder shows the end of its day), or at its end."""
    return [state for shown, state in walked if shown < day or (shown == day and not within_day)][-1]


def score(built: Built, state: Row, value: Fraction, bounds: tuple[float, float] | None) -> Fraction | None:
    """The score of a value by the terms of a state; None within noise."""
    baseline, target = Fraction(state["baseline_value"]), Fraction(state["target_value"])
    if state["goal_type"] == "hold":
        return Fraction(value >= target if state["direction"] == "up" else value <= target)
    raw = (value - baseline) / (target - baseline)
    if bounds is None:
        return raw
    sure = [baseline]
    for month in built.months:
        if month["metric_name"] == state["metric_name"] and month["period_end"] == state["start_date"].replace(day=1):
            sure += [Fraction(end) for end in (month["lower"], month["upper"]) if end is not None]
    lower, upper = map(Fraction, bounds)
    if lower > max(sure) or upper < min(sure):
        return raw
    return None if lower <= baseline + GOOD * (target - baseline) <= upper else Fraction(0)


def values_read(built: Built, goal: Goal) -> dict[date, tuple[Fraction, tuple[float, float] | None, Row]]:
    """What counts as read on which day, with its interval and the state that was in force."""
    walked = changes_that_count(goal)
    found: dict[date, tuple[Fraction, tuple[float, float] | None, Row]] = {}
    for at, value in sorted(goal.checkins):
        day = at.astimezone(ZONE).date()
        state = in_force(walked, day, within_day=True)
        if not state["metric_name"] and state["start_date"] <= day <= NOW:
            found[day] = (value, None, state)
    for month in built.months:
        day = month["period_end"] - timedelta(days=1)
        state = in_force(walked, day, within_day=False)  # a month ends when its last day does
        if state["metric_name"] == month["metric_name"] and state["start_date"] <= day <= NOW:
            bounds = None if month["lower"] is None else (month["lower"], month["upper"])
            found[day] = (Fraction(month["value"]), bounds, state)
    return found


def standing(built: Built) -> list[Goal]:
    """The goals that the last folder shows."""
    return [goal for goal in built.goals if goal.states[-1] is not None]


def month_ends(first: date, last: date) -> list[date]:
    """The last days of months from one day to another."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if (day + timedelta(days=1)).day == 1]


def review_days(goals: list[Goal]) -> dict[str, int]:
    """The days between two readings of each goal, from the days of its check-ins by now, else from those of all."""
    gaps: dict[str, list[int]] = {}
    for goal in goals:
        local = {at.astimezone(ZONE).date() for at, _ in goal.checkins}
        days = sorted(day for day in local if day <= NOW)
        gaps[goal.key_result_id] = sorted((b - a).days for a, b in pairwise(days))
    everybody = sorted(gap for found in gaps.values() for gap in found)
    lower = {name: (found if len(found) > 1 else everybody) for name, found in gaps.items()}
    return {name: max(30, found[(len(found) - 1) // 2]) for name, found in lower.items()}


def near(expected: Fraction | None, found: float | None) -> bool:
    """Whether two figures agree to a billionth; none agrees with none alone."""
    if expected is None or found is None:
        return expected is found
    return abs(float(expected) - found) < 1e-9


def clamped(raw: Fraction | None) -> Fraction | None:
    """A score from 0 to 1."""
    return None if raw is None else min(max(raw, Fraction(0)), Fraction(1))


def test_the_portfolio_holds_every_case(built: Built) -> None:
    walked = [changes_that_count(goal) for goal in standing(built)]
    states = [
        {row["score_status"] for row in built.progress.values()},
        {r["goal_status"] for r in built.scorecard.values()},
    ]

    assert states[0] == {"measured", "not_read", "silent", "within_noise"}
    assert len(states[1]) == 7
    assert any(len(changes) > 1 for changes in walked)
    assert any(row["has_change_after_due"] for row in built.scorecard.values())
    assert {row["is_held"] for row in built.progress.values()} == {True, False, None}
    assert any(row["forecast_score"] is not None for row in built.scorecard.values())
    assert {row["reading_source"] for row in built.readings.values()} == {"check-in", "metric"}


def test_each_day_s_last_reading_is_scored_by_the_terms_then_in_force(built: Built) -> None:
    wrong: list[Any] = []
    expected: set[tuple[str, date]] = set()
    for goal in standing(built):
        original = changes_that_count(goal)[0][1]
        for day, (value, bounds, state) in values_read(built, goal).items():
            expected.add((goal.key_result_id, day))
            found = built.readings.get((goal.key_result_id, day))
            raw, first = score(built, state, value, bounds), score(built, original, value, bounds)
            if found is None or not (
                near(value, found["value"])
                and near(raw, found["raw_score"])
                and near(clamped(raw), found["clamped_score"])
                and near(first, found["original_raw_score"])
                and found["is_measured"] == (raw is not None)
            ):
                wrong.append((goal.key_result_id, day, value, raw, first, found))

    assert wrong == []
    assert set(built.readings) == expected


def test_progress_is_what_was_so_on_each_day(built: Built) -> None:
    wrong: list[Any] = []
    expected: set[tuple[str, date]] = set()
    cadences = review_days(built.goals)
    for goal in standing(built):
        walked, read = changes_that_count(goal), values_read(built, goal)
        due_now = in_force(walked, NOW, within_day=False)["due_date"]
        for day in {*month_ends(date(2024, 8, 1), NOW), *([due_now] if due_now <= NOW else []), NOW}:
            state = in_force(walked, day, within_day=False)
            if day < state["start_date"] or (day > state["due_date"] and day != NOW):
                continue
            expected.add((goal.key_result_id, day))
            counted = min(day, state["due_date"])
            scores = {
                when: score(built, state, value, bounds) for when, (value, bounds, _) in read.items() if when <= day
            }
            own, last = max((when for when in scores if when <= counted), default=None), max(scores, default=None)
            raw = scores[own] if own else None
            pace = Fraction(1)
            if state["goal_type"] == "reach":
                pace = Fraction((counted - state["start_date"]).days, (state["due_date"] - state["start_date"]).days)
            every = 30 if state["metric_name"] else cadences[goal.key_result_id]
            silent = (counted - (own or state["start_date"])).days > every * Fraction(7, 6)
            status = (
                "not_read" if own is None else "silent" if silent else "measured" if raw is not None else "within_noise"
            )
            best = max((found for one in scores.values() if (found := clamped(one)) is not None), default=None)
            found = built.progress.get((goal.key_result_id, day))
            if found is None or not (
                found["value_date"] == own
                and near(raw, found["raw_score"])
                and near(pace, found["expected_pace"])
                and found["score_status"] == status
                and found["is_on_pace"] == (raw >= pace if status == "measured" and raw is not None else None)
                and near(best, found["best_score"])
                and near(clamped(scores[last]) if last else None, found["current_score"])
                and found["days_since_check_in"] == ((day - last).days if last else None)
                and found["is_final"] == (day >= state["due_date"])
                and (found["target_value"], found["due_date"]) == (state["target_value"], state["due_date"])
            ):
                wrong.append((goal.key_result_id, day, own, raw, pace, status, best, found))

    assert wrong == []
    assert set(built.progress) == expected


def test_a_forecast_lies_on_the_line_through_all_readings(built: Built) -> None:
    wrong: list[Any] = []
    for goal in standing(built):
        card, read = built.scorecard[goal.key_result_id], values_read(built, goal)
        forecast = None
        now = built.progress.get((goal.key_result_id, NOW))
        if now and not now["is_final"] and now["score_status"] in ("measured", "within_noise") and len(read) > 1:
            days = [Fraction((card["due_date"] - day).days) for day in read]
            values = [value for value, _, _ in read.values()]
            mean_day, mean_value = sum(days) / len(days), sum(values) / len(values)
            slope = sum((d - mean_day) * (v - mean_value) for d, v in zip(days, values, strict=True))
            forecast = mean_value - slope / sum((d - mean_day) ** 2 for d in days) * mean_day
        if (forecast is None) != (card["forecast_value"] is None) or (
            forecast is not None and abs(float(forecast) - card["forecast_value"]) > 1e-5
        ):
            wrong.append((goal.key_result_id, forecast, card["forecast_value"]))

    assert wrong == []
    assert set(built.scorecard) == {goal.key_result_id for goal in standing(built)}
