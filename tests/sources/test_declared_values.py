"""Dates and numbers that are not written as the contract wants them: rejected, unless their format is declared."""

import datetime
from typing import Any

import pytest

from sources.config import FileSettings
from tests.sources.bench import Bench, as_csv

Case = tuple[dict[str, str], str, Any]  # what is declared, a text, and what it lands as; None: it is rejected

DAYS: list[Case] = [
    *[({}, text, None) for text in ("28/04/25", "28.04.2025", "2025-4-5", "20250405", "epoch", "1714300000")],
    *[({}, text, None) for text in ("Apr 28, 2025", "0025-04-28", "infinity", "now", "today")],
    ({"dates": "dmy"}, "28/04/25", "2025-04-28"),
    ({"dates": "dmy"}, "5.4.2025", "2025-04-05"),
    ({"dates": "dmy"}, "28-Apr-2025", "2025-04-28"),
    ({"dates": "dmy"}, "2025-04-28", "2025-04-28"),
    ({"dates": "dmy"}, "28.04.2025 00:00", "2025-04-28"),
    ({"dates": "dmy"}, "04/28/2025", None),
    ({"dates": "dmy"}, "28/04/025", None),
    ({"dates": "dmy"}, "28.04.2025 09:00", None),
    ({"dates": "dmy"}, "31.02.2025", None),
    ({"dates": "mdy"}, "04/28/2025", "2025-04-28"),
    ({"dates": "mdy"}, "April 28, 2025", "2025-04-28"),
    ({"dates": "mdy"}, "28/04/2025", None),
    ({"dates": "ymd"}, "2025/4/5", "2025-04-05"),
    ({"dates": "%Y%m%d"}, "20250428", "2025-04-28"),
    ({"dates": "%d.%m.%y"}, "28.04.25", "2025-04-28"),
    ({"dates": "%d.%m.%Y"}, "28.04.25", None),
]
MOMENTS: list[Case] = [
    *[({}, text, None) for text in ("01/04/25 09:00", "2025-04-28 EST", "2025-4-28", "epoch", "0025-04-28", "now")],
    ({"dates": "dmy"}, "28/04/25 09:05", "2025-04-28 09:05"),
    ({"dates": "dmy"}, "28.04.2025, 9:05:07", "2025-04-28 09:05:07"),
    ({"dates": "dmy"}, "28/Apr/25 9:05 PM", "2025-04-28 21:05"),
    ({"dates": "mdy"}, "04/28/2025 12:05 am", "2025-04-28 00:05"),
    ({"dates": "mdy"}, "2025-04-28T09:05:00+02:00", "2025-04-28 07:05"),
    ({"dates": "mdy"}, "28/04/2025 09:05", None),
    ({"dates": "epoch"}, "1745830800", "2025-04-28 09:00"),
    ({"dates": "epoch_ms"}, "1745830800000", "2025-04-28 09:00"),
    ({"dates": "%d %b %Y %H.%M"}, "28 Apr 2025 09.05", "2025-04-28 09:05"),
]
NUMBERS: list[Case] = [
    ({"decimal": ","}, "1.234,56", 1234.56),
    ({"decimal": ","}, "-99,90", -99.9),
    ({"decimal": ","}, "1234,5", 1234.5),
    ({"decimal": ","}, "1 234 567,5", 1234567.5),
    ({"decimal": "."}, "1,200.00", 1200),
    ({"decimal": "."}, "(100.00)", -100),
    ({"decimal": "."}, "100.00-", -100),
    ({"decimal": ".", "thousands": "'"}, "1'200.5", 1200.5),
    ({"thousands": "."}, "1.234", 1234),
    ({"decimal": ","}, "1234.56", None),
    ({"decimal": ","}, "1.23,4", None),
    ({"decimal": "."}, "1,2", None),
    ({}, "1,200.00", None),
]
ENTRY = "select '{at}' as ledger_entry_id, day as posted_date, 'a' as account_code, amount, 'EUR' as currency, _file, _record from raw.c{at}"
ITEM = (
    "select '{at}' as work_item_id, 'story' as item_type, 'T' as title, 'Done' as status, 'done' as status_category, "
    "true as is_deliverable, moment as created_at, moment as done_at, _file, _record from raw.c{at}"
)


def landed(
    bench: Bench, feed: str, sql: str, header: list[str], cases: list[list[str]], declared: list[dict[str, str]]
) -> None:
    """Land a feed of one row per file, each file with its own declaration."""
    for at, row in enumerate(cases):
        bench.write(f"data/c{at}.csv", as_csv([header, row]))
    bench.write(f"feeds/{feed}.sql", " union all ".join(sql.format(at=at) for at in range(len(cases))))
    files = {f"c{at}.csv": FileSettings.model_validate(given) for at, given in enumerate(declared)}
    bench.land(rules=bench.rules(files=files))


def test_a_day_lands_only_in_iso_or_in_the_declared_format(bench: Bench) -> None:
    rows = [[text, "1"] for _, text, _ in DAYS]
    landed(bench, "ledger_entries", ENTRY, ["day", "amount"], rows, [given for given, *_ in DAYS])
    found = dict(
        bench.query(
            "select ledger_entry_id::int, posted_date::varchar from landing.ledger_entries where _row_kind = 'row'"
        )
    )
    assert [(*case[:2], found.get(at)) for at, case in enumerate(DAYS)] == DAYS


def test_a_moment_lands_only_in_iso_or_in_the_declared_format(bench: Bench) -> None:
    landed(
        bench,
        "work_items",
        ITEM,
        ["moment", "x"],
        [[text, ""] for _, text, _ in MOMENTS],
        [given for given, *_ in MOMENTS],
    )
    found = dict(bench.query("select work_item_id::int, created_at from landing.work_items where _row_kind = 'row'"))
    assert [(*case[:2], found.get(at)) for at, case in enumerate(MOMENTS)] == [
        (given, text, moment and datetime.datetime.fromisoformat(moment)) for given, text, moment in MOMENTS
    ]


def test_a_number_lands_only_plain_or_in_the_declared_format(bench: Bench) -> None:
    rows = [["2025-04-28", text] for _, text, _ in NUMBERS]
    landed(bench, "ledger_entries", ENTRY, ["day", "amount"], rows, [given for given, *_ in NUMBERS])
    found = dict(
        bench.query("select ledger_entry_id::int, amount::double from landing.ledger_entries where _row_kind = 'row'")
    )
    assert [(*case[:2], found.get(at)) for at, case in enumerate(NUMBERS)] == NUMBERS


def test_a_number_that_the_mapping_computed_is_no_text_of_the_file(bench: Bench) -> None:
    sql = ENTRY.replace("amount,", "1.234::decimal(9,3) as amount,")
    landed(bench, "ledger_entries", sql, ["day", "amount"], [["2025-04-28", "9"]], [{"decimal": ","}])
    assert bench.query("select amount::double from landing.ledger_entries") == [(1.234,)]


def test_a_rejected_value_is_said_with_the_form_that_is_wanted(bench: Bench) -> None:
    landed(bench, "ledger_entries", ENTRY, ["day", "amount"], [["28/04/25", "9"]], [{}])
    wanted = "2025-04-28, or `dates: dmy` in `files` of portfolio.yml if it is written so"
    assert bench.query("select message from landing.quarantine") == [
        (f"posted_date can't be read as date; wanted: {wanted}",)
    ]


def test_rejected_rows_are_grouped_by_reason_with_the_first_three(bench: Bench) -> None:
    bench.write(
        "feeds/people.csv", "person_id,joined_date\n" + "".join(f"secret{i},{i}/4/25\n" for i in range(1, 6)) + ",\n"
    )
    one, other = bench.land()["people"].rejects
    assert str(one).startswith("5 rows: joined_date can't be read as date; wanted: 2025-04-28")
    assert str(one).endswith(
        "(`1/4/25` in feeds/people.csv record 1, `2/4/25` in feeds/people.csv record 2, `3/4/25` in feeds/people.csv record 3, …)"
    )
    assert str(other) == "1 row: person_id is missing (feeds/people.csv record 6)"


@pytest.mark.parametrize(
    "given",
    [
        {"dates": "dym"},
        {"decimal": ",", "thousands": ","},
        {"separator": ";;"},
        {"encoding": "utf-9"},
        {"header": [3, 5]},
        {"header": -1},
    ],
)
def test_a_declaration_that_is_wrong_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is none of|are both|not one character|not an encoding|neither the number"):
        FileSettings.model_validate(given)
