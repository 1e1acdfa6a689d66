"""A day outside the calendar, such as 9999-12-31, is no date: what lands, what is said, and the days that loads span."""

from datetime import date

import pytest

from tests.sources.bench import Bench

SPAN = "outside the calendar (1950-01-01 to 2079-12-31), so it is no date"
PEOPLE = "person_id,team_id,joined_date,left_date\n"
ITEMS = "work_item_id,item_type,title,status,status_category,is_deliverable,created_at,due_date,started_at\n"
CHANGES = "work_item_id,field,changed_at,change_seq,from_value,to_value\n"


def item(name: str, due: str, started: str = "") -> str:
    return f"{name},story,Title,Open,to_do,true,2025-03-01T08:00:00Z,{due},{started}\n"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("9999-12-31", None),
        ("2099-12-31", None),
        ("2080-01-01", None),
        ("2079-12-31", date(2079, 12, 31)),
        ("1950-01-01", date(1950, 1, 1)),
        ("1949-12-31", None),
        ("0001-01-01", None),
    ],
)
def test_a_day_outside_the_calendar_lands_as_no_date(bench: Bench, given: str, read: date | None) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("a", given))
    assert bench.land()["work_items"].counts["quarantined"] == 0
    assert bench.query("select due_date from landing.work_items") == [(read,)]


def test_a_moment_outside_the_calendar_lands_as_no_date(bench: Bench) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("a", "", "9999-12-31T23:59:59Z"))
    bench.land()
    assert bench.query("select started_at from landing.work_items") == [(None,)]


def test_a_placeholder_is_named_with_its_row(bench: Bench) -> None:
    bench.write("feeds/people.csv", PEOPLE + "x,T1,2020-01-01,9999-12-31\ny,T1,2020-01-01,\n")
    bench.land()
    assert bench.query('select feed, source, _file, _record, "column", rule, message from landing.warnings') == [
        ("people", "src", "feeds/people.csv", 1, "left_date", "calendar", f"left_date is 9999-12-31, {SPAN}")
    ]


def test_a_required_date_outside_the_calendar_is_rejected_as_no_date(bench: Bench) -> None:
    header = "ledger_entry_id,posted_date,account_code,amount,currency\n"
    bench.write("feeds/ledger_entries.csv", header + "a,9999-12-31,1,1,EUR\nb,2025-01-01,1,1,EUR\n")
    bench.land()
    assert bench.query("select _record, rule, message from landing.quarantine") == [
        (1, "calendar", f"posted_date is {SPAN}")
    ]


def test_a_rate_may_hold_since_ever(bench: Bench) -> None:
    header = "person_id,team_id,valid_from,hourly_cost,currency\n"
    bench.write("feeds/labour_rates.csv", header + "a,,1900-01-01,50,EUR\n")
    bench.land()
    assert bench.query("select valid_from, first_date from landing.labour_rates, landing.loads") == [
        (date(1900, 1, 1), None)
    ]


def test_a_due_date_in_a_change_outside_the_calendar_is_no_date(bench: Bench) -> None:
    bench.write("feeds/work_item_changes.csv", CHANGES + "a,due_date,2025-03-01T08:00:00Z,0,2099-12-31,2025-05-01\n")
    bench.land()
    assert bench.query("select from_value, to_value from landing.work_item_changes") == [(None, "2025-05-01")]


def test_another_field_of_a_change_may_look_like_a_placeholder(bench: Bench) -> None:
    bench.write("feeds/work_item_changes.csv", CHANGES + "a,version,2025-03-01T08:00:00Z,0,2099-12-31,2025-05-01\n")
    bench.land()
    assert bench.query("select from_value from landing.work_item_changes") == [("2099-12-31",)]


def test_a_rule_over_two_dates_does_not_see_a_placeholder(bench: Bench) -> None:
    header = "link_id,work_item_id,initiative_id,key_result_id,weight,valid_from,valid_to\n"
    bench.write("feeds/outcome_links.csv", header + "a,w,,k,1,9999-12-31,2025-01-01\n")
    assert bench.land()["outcome_links"].counts["landed"] == 1


def test_a_control_total_sees_a_placeholder_as_the_file_has_it(bench: Bench) -> None:
    bench.write("feeds/people.csv", PEOPLE + "x,T1,2020-01-01,9999-12-31\n")
    bench.write("feeds/people.control.sql", "select 'count(left_date)' as measure, 1 as expected")
    assert bench.land()["people"].counts["landed"] == 1


def test_a_load_knows_the_days_that_its_rows_span(bench: Bench) -> None:
    bench.write("feeds/work_items.csv", ITEMS + item("a", "2031-05-01") + item("b", "9999-12-31"))
    bench.write(
        "feeds/work_item_changes.csv",
        CHANGES + "a,due_date,2025-03-01T08:00:00Z,0,2034-01-01,2031-05-01\na,x,2025-03-01T08:00:00Z,0,2050-01-01,\n",
    )
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    bench.write("feeds/teams.csv", "team_id,name,pilot_start_date\nt,T,\n")
    bench.land()
    assert bench.query("select feed, first_date, last_date from landing.loads order by feed") == [
        ("products", None, None),
        ("teams", None, None),
        ("work_item_changes", date(2025, 3, 1), date(2034, 1, 1)),
        ("work_items", date(2025, 3, 1), date(2031, 5, 1)),
    ]


def test_a_load_that_a_newer_snapshot_replaced_warns_no_longer(bench: Bench) -> None:
    bench.write("feeds/people.csv", PEOPLE + "x,T1,2020-01-01,9999-12-31\n")
    bench.land()
    bench.write("feeds/people.csv", PEOPLE + "x,T1,2020-01-01,\n")
    bench.land()
    assert bench.query("select * from landing.warnings") == []


def test_an_increment_leaves_what_came_before_it_in_use(bench: Bench) -> None:
    bench.write("feeds/people.csv", PEOPLE + "x,T1,2020-01-01,9999-12-31\n")
    bench.land()
    bench.write("feeds/people.csv", PEOPLE + "y,T1,2020-01-01,\n")
    bench.land(kind="increment")
    assert bench.query("select is_in_use from landing.loads") == [(True,), (True,)]
