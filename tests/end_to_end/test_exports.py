"""Exports as real tools write them, refreshed: a first attempt that is refused, then the fixed files."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from tests.end_to_end.exports import exports_portfolio
from tests.end_to_end.harness import Said, outcomes, read, served

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("exports")]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Path]:
    """A refresh that is refused, as a row in two has no amount, and the one that publishes; with the home."""
    folder = exports_portfolio(tmp_path_factory.mktemp("portfolio") / "exports")
    homes = tmp_path_factory.mktemp("homes")
    ledger = folder / "feeds" / "ledger_entries.csv"
    good = ledger.read_text()
    ledger.write_text(good.replace("-10,", "ten,").replace("-20,", "twenty,"))
    refused = outcomes("refresh", home=homes, portfolio=folder)
    assert refused.exit_code != 0 and "2 of 5 rows of feed ledger_entries are rejected" in refused.err, (
        refused.out + refused.err
    )
    ledger.write_text(good)
    said = outcomes("refresh", home=homes, portfolio=folder)
    assert said.exit_code == 0, said.out + said.err
    return said, homes / "exports"


def total(home: Path, metric: str) -> tuple[float, int]:
    """Value and n of a metric over all time."""
    [found] = read(
        served(home),
        f"""select value, n from metrics.fct_metric_values
        where metric_name = '{metric}' and grain = 'all' and dimension_name = 'total'""",
    )
    return found[0], found[1]


def warned(home: Path, check: str) -> list[tuple[str, str]]:
    """Status and sample of a check's record in the served version."""
    return [
        (status, sample)
        for status, sample in read(
            served(home),
            f"select status, sample from audit.fct_check_results where check_name = '{check}' and is_current",
        )
    ]


def test_an_event_sent_twice_is_one_entry(refreshed: tuple[Said, Path]) -> None:
    assert total(refreshed[1], "revenue")[0] == 150


def test_the_refresh_says_how_many_copies_it_left_out(refreshed: tuple[Said, Path]) -> None:
    assert "Identical copies of a row, left out: ledger_entries 1" in refreshed[0].out


def test_a_duplicate_and_work_that_nobody_does_are_not_delivered(refreshed: tuple[Said, Path]) -> None:
    assert total(refreshed[1], "delivered")[0] == 1


def test_only_dated_work_that_is_not_cancelled_can_be_late(refreshed: tuple[Said, Path]) -> None:
    assert total(refreshed[1], "on_time_rate") == (1, 1)


def test_cancelled_work_was_never_done_once(refreshed: tuple[Said, Path]) -> None:
    done = read(
        served(refreshed[1]), "select work_item_id from core.fct_deliverables where first_done_date is not null"
    )
    assert done == [("delivered",)]


def test_the_resolution_of_cancelled_work_is_kept(refreshed: tuple[Said, Path]) -> None:
    kept = """select deliverable_id, resolution from core.dim_deliverable
        where status_category = 'cancelled' order by 1"""
    assert read(served(refreshed[1]), kept) == [
        ("cancelled", "wont_do"),
        ("duplicate", "duplicate"),
        ("wont_do", "wont_do"),
    ]


def test_a_status_that_resolutions_divide_is_no_warning(refreshed: tuple[Said, Path]) -> None:
    [(status, _)] = warned(refreshed[1], "status_has_one_category")
    assert status == "passed"


def test_placeholder_dates_are_warned_of_with_their_rows(refreshed: tuple[Said, Path]) -> None:
    [(status, sample)] = warned(refreshed[1], "dates_lie_in_the_calendar")
    assert status == "warned"
    assert {(row["feed"], row["record"], row["column"]) for row in json.loads(sample)} == {
        ("people", 1, "left_date"),
        ("work_items", 5, "due_date"),
        ("work_items", 6, "due_date"),
        ("work_item_changes", 5, "to_value"),
    }


def test_the_calendar_spans_the_data_and_a_year_on_either_side(refreshed: tuple[Said, Path]) -> None:
    span = "select min(date_day), max(date_day), count(*) from core.dim_date"
    first, last = date(2019, 1, 1), date(2026, 12, 31)
    assert read(served(refreshed[1]), span) == [(first, last, (last - first).days + 1)]


def test_rows_of_the_refused_attempt_leave_no_mark_on_the_page(refreshed: tuple[Said, Path]) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", (refreshed[1] / "index.html").read_text()))
    assert "Records rejected at landing 0% (0 records)" in text
