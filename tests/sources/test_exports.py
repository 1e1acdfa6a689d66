"""Exports as tools write them, from the file to the rows that land; the results are computed by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.config import FileSettings
from sources.landing import Landed, code_of
from tests.sources.bench import Bench

EXPORTS = Path(__file__).parent.parent / "fixtures" / "cases"
GERMAN = """select "Beleg" as ledger_entry_id, strptime("Datum", '%d.%m.%Y')::date as posted_date, "Konto" as account_code,
    {amount} as amount, "Währung" as currency, "Text" as description, _file, _record from raw.export"""


def landed(bench: Bench, export: str, feed: str, sql: str, **declared: Any) -> Landed:
    bench.write("data/export.csv", (EXPORTS / export).read_bytes())
    bench.write(f"feeds/{feed}.sql", sql)
    return bench.land(rules=bench.rules(files={"export.csv": FileSettings.model_validate(declared)}))[feed]


def test_columns_that_an_export_repeats(bench: Bench) -> None:
    sql = """select "Issue key" as work_item_id, 'story' as item_type, "Summary" as title, "Status" as status, 'done' as status_category,
        true as is_deliverable, "Created" as created_at, "Resolved" as done_at, "Labels_1" as url, "Sprint"[-1] as team_id,
        _file, _record from raw.export"""
    landed(bench, "repeated-columns.csv", "work_items", sql, lists=["Sprint", "Labels"])
    found = bench.query("select work_item_id, team_id, url from landing.work_items order by 1")
    assert found == [("P-1", "S3", "own field"), ("P-2", "S1", "other field")]


@pytest.mark.parametrize(
    ("amount", "declared"), [("replace(replace(\"Betrag\", '.', ''), ',', '.')", {}), ('"Betrag"', {"decimal": ","})]
)
def test_semicolons_and_decimal_commas(bench: Bench, amount: str, declared: dict[str, Any]) -> None:
    read = landed(bench, "semicolons.csv", "ledger_entries", GERMAN.format(amount=amount), **declared).read
    assert bench.query("select sum(amount)::double, max(description) from landing.ledger_entries") == [
        (1134.66, "Gutschrift")
    ]
    assert read == {"data/export.csv": "semicolon, UTF-8"}


def test_a_line_that_excel_needs(bench: Bench) -> None:
    landed(bench, "sep-line.csv", "ledger_entries", GERMAN.format(amount='"Betrag"'))
    assert bench.query("select sum(amount)::double from landing.ledger_entries") == [(1135.0,)]


ITEMS = """select "Key" as work_item_id, 'story' as item_type, "Summary" as title, "State" as status, 'done' as status_category,
    true as is_deliverable, "Created" as created_at, "Committed" as committed_at, "Due" as due_date, "Done" as done_at, _file, _record
    from raw.export"""


def test_two_digit_years_that_nobody_declared(bench: Bench) -> None:
    rejected = landed(bench, "two-digit-years.csv", "work_items", ITEMS)
    assert (rejected.counts["landed"], rejected.counts["quarantined"]) == (0, 3)
    [reason] = rejected.rejects
    assert str(reason).startswith(
        "3 rows: created_at can't be read as timestamp; wanted: 2025-04-28T09:00:00Z, or `dates: dmy`"
    )
    assert "`01/04/25 09:00` in data/export.csv record 1" in str(reason)


def test_two_digit_years_that_are_declared(bench: Bench) -> None:
    landed(bench, "two-digit-years.csv", "work_items", ITEMS, dates="dmy")
    found = bench.query("select created_at, due_date from landing.work_items order by work_item_id")
    assert found[0] == (datetime(2025, 4, 1, 9), date(2025, 4, 30)) and len(found) == 3


def test_a_report_with_titles_and_totals(bench: Bench) -> None:
    sql = """select "Num" as ledger_entry_id, "Date" as posted_date, '6000' as account_code, "Amount" as amount, 'EUR' as currency,
        case when "Date" is null then 'heading or total' end as _excluded, _file, _record from raw.export"""
    found = landed(bench, "report.csv", "ledger_entries", sql, dates="mdy", decimal=".")
    assert found.read == {"data/export.csv": "comma, UTF-8, header in line 5"}
    assert (found.counts["records"], found.counts["excluded"]) == (6, 3)
    monthly = bench.query(
        "select month(posted_date), sum(amount)::double from landing.ledger_entries group by all order by 1"
    )
    assert monthly == [(1, 1200.0), (2, 1100.0)]


def test_an_event_that_was_delivered_twice(bench: Bench) -> None:
    sql = "select id as ledger_entry_id, day as posted_date, '4000' as account_code, -cents::int / 100 as amount, cur as currency, _file, _record from raw.export"
    found = landed(bench, "delivered-twice.csv", "ledger_entries", sql)
    assert (found.counts["landed_rows"], found.counts["quarantined"], found.counts["identical_copies"]) == (5, 0, 1)
    assert bench.query("select sum(amount)::double from landing.ledger_entries") == [(-150.0,)]


TRACKER = """select {id} as work_item_id, 'story' as item_type, title, 'Open' as status, 'to_do' as status_category, true as is_deliverable,
    '2025-01-01' as created_at, _file, _record from raw.{file}"""


def test_two_trackers_map_the_same_feed_in_their_own_ways(bench: Bench) -> None:
    for source, title in (("jira", "Summary"), ("github", "title")):
        bench.write(f"{source}/{source}.csv", f"key,{title}\n17,{source}'s\n")
    bench.write("feeds/teams.csv", "team_id,name\nt,T\n")
    bench.write("feeds/work_items.sql", TRACKER.format(id="getvariable('source') || '-' || key", file="github"))
    bench.write(
        "feeds/jira/work_items.sql",
        TRACKER.format(id="getvariable('source') || '-' || key", file="jira").replace(
            "title, 'Open'", "\"Summary\" as title, 'Open'"
        ),
    )
    rules = bench.rules(source_names=frozenset({"jira", "github"}))
    assert list(bench.land(rules=rules, name="jira", path="jira")) == ["work_items"]
    assert list(bench.land(rules=rules, name="github", path="github", feeds=["work_items", "teams"])) == [
        "work_items",
        "teams",
    ]
    assert bench.query("select source, work_item_id, title from landing.work_items order by 1") == [
        ("github", "github-17", "github's"), ("jira", "jira-17", "jira's"),
    ]  # fmt: skip


def test_editing_one_mapping_lands_that_feed_alone(bench: Bench) -> None:
    bench.write("feeds/teams.csv", "team_id,name\nt,T\n")
    bench.write("data/p.csv", "id\np\n")
    bench.write("feeds/products.sql", "select id as product_id, 'P' as name, _file, _record from raw.p")
    bench.land()
    bench.write("feeds/products.sql", "select id as product_id, 'Q' as name, _file, _record from raw.p")
    assert {feed: found.outcome for feed, found in bench.land().items()} == {"products": "landed", "teams": "unchanged"}


def test_the_code_of_a_load_is_that_of_its_kind_of_file() -> None:
    assert len({code_of([suffix]) for suffix in (".csv", ".json", ".xlsx", ".parquet")}) == 4
    assert code_of([".csv", ".tsv"]) == code_of([".csv"])


def test_a_folder_of_no_source_is_refused(bench: Bench) -> None:
    bench.write("feeds/jirra/work_items.sql", "select 1")
    with pytest.raises(Exception, match="feeds/jirra: no source has that name"):
        bench.land(rules=bench.rules(source_names=frozenset({"jira", "github"})))
