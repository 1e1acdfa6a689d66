"""Values that decide what a row means: closed is not delivered, and a value that the contract doesn't know is named."""

from datetime import date

import pytest

from sources.contracts import load_contracts
from tests.sources.bench import Bench

ITEMS = "work_item_id,item_type,title,status,status_category,is_deliverable,created_at,done_at,resolution\n"
DONE = {"done", "fixed", "completed"}
RESOLUTIONS = next(c for c in load_contracts()["work_items"].columns if c.name == "resolution").values


def item(resolution: str, category: str = "done") -> str:
    return f"a,story,Title,Closed,{category},true,2025-03-01T08:00:00Z,2025-04-01T08:00:00Z,{resolution}\n"


@pytest.mark.parametrize("resolution", [*RESOLUTIONS, ""])
def test_done_work_that_was_not_done_is_cancelled_and_keeps_its_resolution(bench: Bench, resolution: str) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item(resolution))
    bench.land()
    category = "done" if resolution in {*DONE, ""} else "cancelled"
    assert bench.query("select status_category, resolution from landing.work_items") == [(category, resolution or None)]


@pytest.mark.parametrize("category", ["to_do", "in_progress", "cancelled", "unknown"])
def test_work_that_is_not_done_keeps_its_category(bench: Bench, category: str) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("duplicate", category))
    bench.land()
    assert bench.query("select status_category from landing.work_items") == [(category,)]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Won't Do", "wont_do"),
        ("WONTFIX", "wontfix"),
        ("Can't Reproduce", "cant_reproduce"),
        ("Parked", "Parked"),
        ("Cannot Reproduce", "cannot_reproduce"),
    ],
)
def test_a_known_resolution_is_read_in_any_spelling(bench: Bench, given: str, read: str) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item(given))
    bench.land()
    assert bench.query("select resolution from landing.work_items") == [(read,)]


def test_an_unknown_resolution_lands_as_it_is_and_is_named(bench: Bench) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("Shelved"))
    assert bench.land()["work_items"].counts["quarantined"] == 0
    assert bench.query("select status_category, resolution from landing.work_items") == [("done", "Shelved")]
    words = f"resolution is Shelved, which is none of {', '.join(RESOLUTIONS)}"
    assert bench.query("select rule, message from landing.warnings") == [("values", words)]


def test_a_control_total_sees_the_category_that_the_mapping_returns(bench: Bench) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("duplicate"))
    measure = "count(*) filter (where status_category = ''done'')"
    bench.write("feeds/work_items.control.sql", f"select '{measure}' as measure, 1 as expected")
    assert bench.land()["work_items"].counts["landed"] == 1


def test_work_cancelled_by_its_resolution_needs_no_done_at(bench: Bench) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("duplicate").replace("2025-04-01T08:00:00Z", ""))
    assert bench.land()["work_items"].counts["quarantined"] == 0


def test_a_status_lands_with_its_source_and_a_category_in_any_spelling(bench: Bench) -> None:
    rows = "files,In Dev,In Progress,2025-04-01\n,Closed,done,\n,Parked,paused,\n"
    bench.write("feeds/statuses.csv", "source,status,category,since\n" + rows)
    assert bench.land()["statuses"].counts["landed"] == 3
    assert bench.query("select status_source, status, category, since from landing.statuses order by status desc") == [
        (None, "Parked", "paused", None),
        ("files", "In Dev", "in_progress", date(2025, 4, 1)),
        (None, "Closed", "done", None),
    ]
    assert bench.query("select rule, message from landing.warnings") == [
        ("values", "category is paused, which is none of to_do, in_progress, done, cancelled")
    ]
