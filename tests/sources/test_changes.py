"""Rows that differ between two lists of loads: new, corrected and deleted, by the days and members that they carry."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources import loads
from sources.changes import row_changes
from tests.sources.bench import NOW, Bench

ENTRY = {"posted_date": "2026-03-01", "account_code": "5000", "amount": "10", "currency": "EUR"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def entries(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Five entries e1 to e5, some of them otherwise; `{"ledger_entry_id": …, "gone": True}` leaves one out."""
    rows = {f"e{n}": {"ledger_entry_id": f"e{n}", "team_id": None, "initiative_id": None, **ENTRY} for n in range(1, 6)}
    for change in changed:
        rows[change["ledger_entry_id"]] = {**rows.get(change["ledger_entry_id"], ENTRY), **change}
    return [row for row in rows.values() if not row.pop("gone", False)]


def land(bench: Bench, day: int, *changed: dict[str, Any], **source: Any) -> list[loads.Load]:
    """Land the entries as of a day of April; all loads so far."""
    bench.rows_of("ledger_entries", entries(*changed))
    observed = datetime(2026, 4, day, 12, tzinfo=UTC)
    bench.land(now=NOW + timedelta(days=day), observed_at=observed, **source)
    return loads.all_loads(bench.home)


def found(bench: Bench, before: list[loads.Load], after: list[loads.Load]) -> list[tuple[Any, ...]]:
    """(change, days, teams, rows) of what differs."""
    table = row_changes(bench.home, before, after, "Europe/Berlin").rows
    rows = table.select(["change", "days", "team_ids", "rows"]).to_pylist()
    return sorted(tuple(row.values()) for row in rows)


def test_the_same_loads_differ_in_nothing(bench: Bench) -> None:
    first = land(bench, 1)

    assert found(bench, first, first) == []


def test_a_load_that_says_the_same_differs_in_nothing(bench: Bench) -> None:
    first = land(bench, 1)

    assert found(bench, first, land(bench, 2)) == []


def test_rows_are_new_corrected_and_deleted(bench: Bench) -> None:
    first = land(bench, 1)
    second = land(
        bench,
        2,
        {"ledger_entry_id": "e1", "posted_date": "2026-02-27", "team_id": "t1"},
        {"ledger_entry_id": "e2", "gone": True},
        {"ledger_entry_id": "e6", "team_id": "t2"},
    )

    assert found(bench, first, second) == [
        ("corrected", [date(2026, 2, 27), date(2026, 3, 1)], ["", "t1"], 1),
        ("deleted", [date(2026, 3, 1)], [""], 1),
        ("new", [date(2026, 3, 1)], ["t2"], 1),
    ]


def test_the_other_way_round_new_is_deleted(bench: Bench) -> None:
    first = land(bench, 1)
    second = land(bench, 2, {"ledger_entry_id": "e6"})

    assert found(bench, second, first) == [("deleted", [date(2026, 3, 1)], [""], 1)]


def test_what_was_corrected_back_is_no_difference(bench: Bench) -> None:
    first = land(bench, 1)
    land(bench, 2, {"ledger_entry_id": "e1", "amount": "11"})

    assert found(bench, first, land(bench, 3)) == []


def test_alike_rows_are_counted_together(bench: Bench) -> None:
    first = land(bench, 1)
    second = land(bench, 2, {"ledger_entry_id": "e1", "amount": "1"}, {"ledger_entry_id": "e2", "amount": "2"})

    assert found(bench, first, second) == [("corrected", [date(2026, 3, 1)], [""], 2)]


def test_an_increment_deletes_nothing(bench: Bench) -> None:
    first = land(bench, 1, kind="increment")
    second = land(bench, 2, {"ledger_entry_id": "e2", "gone": True}, kind="increment")

    assert found(bench, first, second) == []


def test_a_quarantined_row_has_not_vanished(bench: Bench) -> None:
    first = land(bench, 1)
    second = land(bench, 2, {"ledger_entry_id": "e2", "currency": "nothing"})

    assert found(bench, first, second) == []


def test_an_earlier_load_that_lands_later_changes_nothing(bench: Bench) -> None:
    first = land(bench, 2)

    assert found(bench, first, land(bench, 1, {"ledger_entry_id": "e1", "amount": "11"})) == []


def test_a_moment_has_its_day_in_the_portfolio_s_zone(bench: Bench) -> None:
    bench.rows_of("rituals", [{"ritual_id": "r1", "ritual_type": "retrospective", "held_at": "2026-03-01T22:59:00Z"}])
    bench.land()
    first = loads.all_loads(bench.home)
    more = [{"ritual_id": "r2", "ritual_type": "retrospective", "held_at": "2026-03-01T23:00:00Z"}]
    bench.rows_of(
        "rituals", [{"ritual_id": "r1", "ritual_type": "retrospective", "held_at": "2026-03-01T22:59:00Z"}, *more]
    )
    bench.land(now=NOW + timedelta(days=1))

    assert found(bench, first, loads.all_loads(bench.home)) == [("new", [date(2026, 3, 2)], [""], 1)]


def test_where_a_load_is_gone_the_feed_is_unknown(bench: Bench) -> None:
    first = land(bench, 1)
    second = land(bench, 2, {"ledger_entry_id": "e6"})
    shutil.rmtree(loads.load_folder(bench.home, "ledger_entries", "src", first[0]["load_id"]))

    changes = row_changes(bench.home, first, second, "UTC")

    assert (changes.rows.num_rows, changes.unknown) == (0, ["ledger_entries"])
