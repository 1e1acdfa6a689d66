"""What an authority's records have: an amount per permit, the health of a programme over time, and answers of *don't know*."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.end_to_end.harness import outcomes, served

pytestmark = pytest.mark.long

ITEM = {
    "item_type": "permit", "title": "Permit", "status": "Open", "status_category": "in_progress", "is_deliverable": True,
    "initiative_id": "I1", "created_at": "2025-01-10T09:00:00Z",
}  # fmt: skip
ANSWER = {"question_id": "Q", "survey_type": "nps", "is_score_question": True, "responded_at": "2025-05-10T12:00:00Z"}
SCALE = {"scale_min": 0, "scale_max": 10, "higher_is_better": True}
FEEDS: dict[str, list[dict[str, Any]]] = {
    "initiatives": [{"initiative_id": "I1", "name": "Permits", "stage": "active", "approved_amount": 1000, "currency": "USD"}],
    "initiative_reports": [
        {"initiative_id": "I1", "reported_at": "2025-02-01T12:00:00Z", "health": "Green", "confidence": 0.9},
        {"initiative_id": "I1", "reported_at": "2025-04-01T12:00:00Z", "health": "Red", "confidence": 0.4},
        {"initiative_id": "I1", "reported_at": "2025-07-01T12:00:00Z", "health": "Amber", "confidence": 0.5},
    ],
    "work_items": [
        ITEM | {"work_item_id": "over", "approved_amount": 100, "approved_currency": "USD"},
        ITEM | {"work_item_id": "exact", "approved_amount": 100, "approved_currency": "USD"},
        ITEM | {"work_item_id": "without amount"},
        ITEM | {"work_item_id": "without rate", "approved_amount": 100, "approved_currency": "EUR"},
    ],
    "accounts": [{"account_code": "5000", "account_name": "Cost", "account_type": "cost", "cost_category": "services"}],
    "ledger_entries": [
        {
            "ledger_entry_id": f"L{number}", "posted_date": "2025-03-01", "account_code": "5000", "amount": amount,
            "currency": "USD", "work_item_id": item,
        }
        for number, (item, amount) in enumerate(
            [("over", 60), ("over", 60), ("exact", 100), ("without amount", 500), ("without rate", 900)]
        )
    ],
    "survey_responses": [
        ANSWER | SCALE | {"response_id": "a", "respondent_id": "a", "score": 9},
        ANSWER | SCALE | {"response_id": "b", "respondent_id": "b", "score": 3},
        ANSWER | SCALE | {"response_id": "c", "respondent_id": "c", "score": 10},
        ANSWER | {"response_id": "d", "respondent_id": "d", "is_dont_know": True},
        ANSWER | {"response_id": "e", "respondent_id": "e", "comment": "Too slow"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("permits")
    declared = {
        "name": "permits", "title": "Permits", "reporting_currency": "USD", "as_of": date(2025, 5, 31),
        "publish_comments": True,
    }  # fmt: skip
    (folder / "feeds").mkdir()
    (folder / "portfolio.yml").write_text(yaml.safe_dump(declared))
    for feed, rows in FEEDS.items():
        write(folder / "feeds" / f"{feed}.csv", rows)
    home = tmp_path_factory.mktemp("home")
    said = outcomes("refresh", home=home, portfolio=folder)
    assert said.exit_code == 0, said.err
    return duckdb.connect(str(served(home / "permits")), read_only=True)


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Rows as a CSV file; columns that a row lacks are empty."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def test_an_overspent_permit_can_be_told(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select entity_id, approved_reporting_amount::int, cost_reporting_amount::int, is_overspent "
        "from outcomes.value_realization order by level, entity_id"
    ).fetchall()

    assert found == [
        ("exact", 100, 100, False),
        ("over", 100, 120, True),
        ("without amount", None, 500, None),
        ("without rate", None, 900, None),
        ("I1", 1000, 1620, True),
    ]


def test_health_is_known_over_time_and_by_its_latest_report(connection: duckdb.DuckDBPyConnection) -> None:
    reports = connection.execute(
        "select health, confidence::double, is_past, is_latest from core.fct_initiative_reports order by reported_at"
    ).fetchall()
    latest = connection.execute(
        "select health, confidence::double, reported_date from outcomes.value_realization where level = 'initiative'"
    ).fetchall()

    assert reports == [("green", 0.9, True, False), ("red", 0.4, True, True), ("amber", 0.5, False, False)]
    assert latest == [("red", 0.4, date(2025, 4, 1))]


def test_dont_knows_are_counted_and_comments_without_a_score_are_kept(connection: duckdb.DuckDBPyConnection) -> None:
    figures = connection.execute(
        "select metric_name, round(value, 4), n, n_excluded from metrics.fct_metric_values "
        "where metric_name in ('nps', 'dont_know_share') and grain = 'all' and dimension_name = 'total' order by all"
    ).fetchall()
    comments = connection.execute("select comment_text, score from outcomes.survey_comments").fetchall()

    assert figures == [("dont_know_share", 0.25, 4, 0), ("nps", 33.3333, 3, 1)]
    assert comments == [("Too slow", None)]


def test_a_query_of_the_answers_gives_the_published_nps(connection: duckdb.DuckDBPyConnection) -> None:
    naive = connection.execute(
        "select 100.0 * (count(*) filter (nps_class = 'promoter') - count(*) filter (nps_class = 'detractor')) "
        "/ count(nps_class) from core.fct_survey_responses where survey_type = 'nps'"
    ).fetchall()

    assert naive == [(pytest.approx(100 / 3),)]
