"""Goals as organisations really write them: without a baseline or target, and reported every quarter."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.end_to_end.harness import ROOT, outcomes, served

pytestmark = pytest.mark.long

GOALS, LACKING = 229, 49
QUARTERS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31))


def terms(number: int) -> dict[str, Any]:
    """What a goal is measured by: of the first 49 one third lacks the baseline, one the target, one both."""
    lacks = ({"baseline_value"}, {"target_value"}, {"baseline_value", "target_value"})[number % 3]
    whole = {"baseline_value": 0, "target_value": 100}
    return {name: None if number < LACKING and name in lacks else value for name, value in whole.items()}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Rows as a CSV file."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("agency")
    (folder / "feeds").mkdir()
    declared = {"name": "agency", "title": "Agency", "reporting_currency": "USD", "as_of": date(2025, 5, 31)}
    (folder / "portfolio.yml").write_text(yaml.safe_dump(declared))
    goal = {"objective_id": "O", "kind": "outcome", "goal_type": "reach", "unit": "percent"}
    days = {"start_date": "2024-01-01", "due_date": "2025-12-31"}
    write(folder / "feeds" / "objectives.csv", [
        {"objective_id": "O", "name": "Serve", "period_start": "2024-01-01", "period_end": "2025-12-31"}
    ])  # fmt: skip
    write(folder / "feeds" / "key_results.csv", [
        {"key_result_id": f"G{number}", "name": f"Goal {number}", **goal, **terms(number), **days}
        for number in range(GOALS)
    ])  # fmt: skip
    write(folder / "feeds" / "key_result_checkins.csv", [
        {"key_result_id": f"G{number}", "checked_at": f"{day}T12:00:00Z", "value": 10 * (1 + quarter)}
        for number in range(GOALS) for quarter, day in enumerate(QUARTERS)
    ])  # fmt: skip
    home = tmp_path_factory.mktemp("home")
    said = outcomes("refresh", home=home, portfolio=folder)
    assert said.exit_code == 0, said.err
    return duckdb.connect(str(served(home / "agency")), read_only=True)


def test_goals_without_a_baseline_or_target_land_without_a_score(connection: duckdb.DuckDBPyConnection) -> None:
    reasons = Counter(
        reason for (reason,) in connection.execute("select goal_status_reason from outcomes.goal_scorecard").fetchall()
    )

    assert reasons == {"measured": GOALS - LACKING, "it_has_no_target": 32, "it_has_no_baseline": 17}


def test_goals_without_a_baseline_or_target_are_listed_on_the_page(connection: duckdb.DuckDBPyConnection) -> None:
    query = yaml.safe_load((ROOT / "serving" / "dashboard" / "charts" / "smart.yml").read_text())["query"]
    listed = connection.execute(f"select key_result_name, smart_gaps from ({query})").fetchall()

    lacking = {name for name, gaps in listed if "measurable" in gaps}
    assert lacking == {f"Goal {number}" for number in range(LACKING)}


def test_a_goal_reported_every_quarter_is_measured_in_every_month(connection: duckdb.DuckDBPyConnection) -> None:
    months = connection.execute("""
        select n, n_excluded from metrics.fct_metric_values
        where metric_name = 'key_result_score' and grain = 'month' and dimension_name = 'total'
            and period_start >= '2024-03-01'
    """).fetchall()

    assert months == [(GOALS - LACKING, LACKING)] * 15
