"""Bad data of every kind, planted: each is caught by the check that is meant for it, and blocks or warns as that declares.

Three ways to be caught: a file that can't be trusted lands nothing; a row that breaks its contract is set apart, and too
many of them stop publishing; what may be true all the same is published with a warning. Whatever blocks leaves the
served version as it was.
"""

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dagster_project.cli.common import FEW
from dagster_project.run import Run
from dagster_project.settings import workspace
from sources.landing import land_source
from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import TINY, changed, copy_home, copy_portfolio, outcomes, read, replace, served, tree
from tests.end_to_end.planted import LAST, ROWS, sound_portfolio

pytestmark = pytest.mark.xdist_group("tiny")

Edit = Callable[[Path], object]


def text(name: str, old: str, new: str) -> Edit:
    """Replace a text that stands in a file once."""
    return lambda folder: replace(folder / name, old, new)


def every(name: str, old: str, new: str) -> Edit:
    """Replace a text wherever it stands in a file."""

    def edit(folder: Path) -> None:
        path = folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return edit


def add(name: str, *lines: str) -> Edit:
    """Add lines to a file, which may be new."""

    def edit(folder: Path) -> None:
        with (folder / name).open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    return edit


def whole(name: str, change: Callable[[bytes], bytes], to: str | None = None) -> Edit:
    """Write a file's bytes again, under another name if `to` is given."""

    def edit(folder: Path) -> None:
        content = (folder / name).read_bytes()
        if to is not None:
            (folder / name).unlink()
        (folder / (to or name)).write_bytes(change(content))

    return edit


def first_half(content: bytes) -> bytes:
    """The header and the first half of the lines."""
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: 1 + len(lines) // 2])


def without_column(name: str) -> Callable[[bytes], bytes]:
    """A CSV file without commas in its fields, with one column less."""

    def change(content: bytes) -> bytes:
        rows = [line.split(",") for line in content.decode().splitlines()]
        at = rows[0].index(name)
        return "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows).encode()

    return change


# what lands nothing: kind -> (what was done, what the message says: the file, and what is wrong with it)
STOPPED: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "truncated file": (whole("data/ledger.csv", lambda b: b[:-60]), ("data/ledger.csv: line 48", "export it again")),
    "torn gzip file": (
        whole("data/ledger.csv", lambda b: gzip.compress(b)[:-400], "data/ledger.csv.gz"),
        ("data/ledger.csv.gz", "truncated or damaged"),
    ),
    "half a load": (whole("feeds/work_items.csv", first_half), ("work_items.csv", "it would delete 15 of 31 rows")),
    "keys renamed": (every("feeds/teams.csv", "\nT", "\nteam:T"), ("teams.csv", "it would delete 3 of 3 rows")),
    "an encoding that could be several": (
        whole("data/ledger.csv", lambda b: b.decode().replace("e", "ñ").encode("cp1252")),
        ("data/ledger.csv", "encoding"),
    ),
    "cut UTF-16": (
        whole("feeds/teams.csv", lambda b: b.decode().encode("utf-16")[:-1]),
        ("feeds/teams.csv", "UTF-16"),
    ),
    "required column missing": (
        whole("feeds/accounts.csv", without_column("account_type")),
        ("accounts.csv", "needs account_type, which is missing"),
    ),
    "optional column gone": (
        whole("feeds/teams.csv", without_column("is_pilot")),
        ("teams.csv", "is_pilot of feed teams was in the last load"),
    ),
    "column renamed in the source": (
        text("data/ledger.csv", "Voucher,Line,Booked,", "Voucher,Line,Posted,"),
        ("ledger_entries.sql", "Booked"),
    ),
    "semicolons below commas": (
        whole("feeds/products.csv", lambda b: b.replace(b",", b";").replace(b";", b",", b.splitlines()[0].count(b","))),
        ("products.csv", "needs product_id, name, which is missing"),
    ),
    "a comma too many": (
        text("feeds/budgets.csv", "BG12,2026-03-01,", "BG12,2026-03-01,Cloud, hosting,"),
        ("feeds/budgets.csv: line 13", "quote each value"),
    ),
    "empty file": (whole("feeds/budgets.csv", lambda _: b""), ("feeds/budgets.csv", "the file is empty")),
    "header alone": (
        whole("feeds/budgets.csv", lambda b: b.splitlines(keepends=True)[0]),
        ("budgets.csv", "0 good rows, but the source had 13"),
    ),
    "the same file twice": (
        lambda folder: shutil.copy(folder / "data/ledger.csv", folder / "data/Ledger.CSV"),
        ("data/", "would be read as raw.ledger, and so would"),
    ),
    "a feed given twice": (
        lambda folder: shutil.copy(folder / "feeds/ledger_entries.sql", folder / "feeds/accounts.sql"),
        ("accounts.sql", "gives the same feed"),
    ),
    "unit × 100": (
        text("data/ledger.csv", "V041,1,30.06.2025,,,5000,900.00", "V041,1,30.06.2025,,,5000,90000.00"),
        ("ledger_entries.control.sql", "sum(amount) filter (where currency = 'EUR')"),
    ),
    "currencies mixed": (
        text("data/ledger.csv", "900.00,,EUR,T1,I5", "900.00,,USD,T1,I5"),
        ("ledger_entries.control.sql", "sum(amount) filter (where currency"),
    ),
    "a mapping that loses rows": (
        lambda folder: [
            (folder / "feeds/ledger_entries.control.sql").unlink(),
            text("feeds/ledger_entries.sql", "    from ledger\n", "    from ledger where \"Account\" <> '7777'\n")(
                folder
            ),
        ],
        ("ledger_entries.sql", "data/ledger.csv has 48 records, of which it returns 4"),
    ),
    "a mapping that repeats rows": (
        text(
            "feeds/ledger_entries.sql",
            "select *\nfrom entries",
            "select * from entries union all select * from entries",
        ),
        ("ledger_entries.control.sql", "count(*)"),
    ),
}

HOURS = ("time_entry_id,work_item_id,person_id,work_date,hours", "H1,D21,ada,2025-06-11,6")
USAGE = ("product_id,user_id,usage_date,feature,events", "P1,u1,2025-06-11,search,3")

# what is set apart: kind -> (what was done, feed, rule)
SET_APART: dict[str, tuple[Edit, str, str]] = {
    "key twice": (add("feeds/teams.csv", "T2,Data again,T0,false,"), "teams", "duplicate_key"),
    "key missing": (add("feeds/products.csv", ",Nameless,"), "products", "required"),
    "required value missing": (text("feeds/accounts.csv", "5000,Salaries,", "5000,,"), "accounts", "required"),
    "currency missing": (text("feeds/budgets.csv", "1000,EUR,v1,2023", "1000,,v1,2023"), "budgets", "required"),
    "currency unknown": (text("feeds/benefits.csv", "700,EUR,", "700,EURO,"), "benefits", "currency"),
    "dates swapped": (
        text("feeds/key_results.csv", "2024-10-01,2025-09-30", "2025-09-30,2024-10-01"),
        "key_results",
        "dates_are_ordered",
    ),
    "period swapped": (
        text("feeds/objectives.csv", "2024-10-01,2025-06-30", "2025-06-30,2024-10-01"),
        "objectives",
        "period_is_ordered",
    ),
    "target is the baseline": (text("feeds/key_results.csv", ",0,5,", ",5,5,"), "key_results", "target_moves"),
    "score out of scale": (
        text("feeds/survey_responses.jsonl", '"score": 8.5', '"score": 11'),
        "survey_responses",
        "score_on_scale",
    ),
    "scale upside down": (
        text("feeds/survey_responses.jsonl", '"scale_min": 1, "scale_max": 5, "higher_is_better": true, "respondent_id": "c14"',
             '"scale_min": 5, "scale_max": 1, "higher_is_better": true, "respondent_id": "c14"'),
        "survey_responses",
        "scale_is_ordered",
    ),
    "negative hours": (add("feeds/time_entries.csv", *HOURS, "H2,D21,bo,2025-06-11,-2"), "time_entries", "range"),
    "more than 24 hours": (add("feeds/time_entries.csv", "H3,D21,cy,2025-06-11,240"), "time_entries", "range"),
    "negative use": (add("feeds/usage_daily.csv", *USAGE, "P1,u2,2025-06-11,search,-3"), "usage_daily", "range"),
    "a fraction of an event": (add("feeds/usage_daily.csv", "P1,u3,2025-06-11,search,1.5"), "usage_daily", "type"),
    "unknown value of an enumeration": (
        text("feeds/work_items.csv", "Log archive,???,unknown", "Log archive,???,finished"),
        "work_items",
        "values",
    ),
    "done without a day": (
        text("feeds/work_items.csv", "2025-06-12,2025-06-11T08:00:00Z", "2025-06-12,"),
        "work_items",
        "done_needs_done_at",
    ),
    "a number of another country": (text("feeds/benefits.csv", "-2000,EUR", '"-2.000,50",EUR'), "benefits", "type"),
    "a date of another country": (
        text("feeds/initiatives.csv", "2024-06-01,2025-12-31", "01.06.2024,2025-12-31"),
        "initiatives",
        "type",
    ),
    "a day that does not exist": (
        text("feeds/initiatives.csv", "2024-10-01,2025-09-30", "2024-10-01,2025-09-31"),
        "initiatives",
        "type",
    ),
    "an amount without its currency": (
        text("feeds/initiatives.csv", "2025-01-15T08:00:00Z,500,EUR", "2025-01-15T08:00:00Z,500,"),
        "initiatives",
        "amount_has_currency",
    ),
    "a month that is a day": (text("feeds/budgets.csv", "BG12,2026-03-01", "BG12,2026-03-15"), "budgets", "month_is_first_day"),
    "a rate of 0": (text("feeds/exchange_rates.csv", "2025-06-30,USD,0.85", "2025-06-30,USD,0"), "exchange_rates", "range"),
    "links that overlap": (add("feeds/outcome_links.csv", "L4,,I2,KR3,2,2025-01-01,"), "outcome_links", "overlap"),
    "negative weight": (add("feeds/outcome_links.csv", "L5,D08,,KR1,-1,,"), "outcome_links", "range"),
    "a link to two things": (add("feeds/outcome_links.csv", "L6,D09,I1,KR1,1,,"), "outcome_links", "one_subject"),
    "a link that ends before it begins": (
        add("feeds/outcome_links.csv", "L7,D20,,KR3,1,2025-06-01,2025-01-01"),
        "outcome_links",
        "validity_is_ordered",
    ),
    "a moment that never comes": (
        text("feeds/work_item_changes.csv", "D24,status,2025-06-05T08:00:00Z", "D24,status,infinity"),
        "work_item_changes",
        "type",
    ),
}  # fmt: skip


def tickets(change: Callable[[int, list[str]], list[str] | None]) -> Edit:
    """Change the rows of the newest export of tickets: number and fields -> fields, None to drop it."""
    return _rows(f"{LAST}/tickets.csv", change)


def hours(change: Callable[[int, list[str]], list[str] | None]) -> Edit:
    """The same for the newest export of hours."""
    return _rows(f"{LAST}/hours.csv", change)


def _rows(name: str, change: Callable[[int, list[str]], list[str] | None]) -> Edit:
    def edit(folder: Path) -> None:
        header, *lines = (folder / name).read_text().splitlines()
        changed = [change(number, line.split(",")) for number, line in enumerate(lines)]
        (folder / name).write_text("\n".join([header, *(",".join(row) for row in changed if row is not None)]) + "\n")

    return edit


def shifted(_: int, row: list[str]) -> list[str]:
    """A ticket whose local times were taken for times far to the west: all are 9 hours later."""
    later = (f"{moment[:11]}{(int(moment[11:13]) + 9) % 24:02d}{moment[13:]}" for moment in row[3:4])
    return [*row[:3], *later, "", "", *row[6:]]


# what warns: kind -> (what was done, check, what its failing rows show of it)
WARNED: dict[str, tuple[Edit, str, str]] = {
    "a column that nobody knows": (
        whole("feeds/objectives.csv", lambda b: b.replace(b"\n", b",high\n").replace(b"period_end,high", b"period_end,mood")),
        "no_unknown_column",
        "mood",
    ),
    "half an increment": (hours(lambda number, row: row if number < ROWS // 3 else None), "load_keeps_its_volume", "time_entries"),
    "minutes for hours": (
        hours(lambda _, row: [*row[:4], str(min(24, 5 * int(row[4])))]),
        "amounts_keep_their_size",
        "time_entries",
    ),
    "late rows": (
        tickets(lambda number, row: [*row[:3], *(v.replace("2025-06", "2025-01") for v in row[3:6]), *row[6:]] if number < 15 else row),
        "rows_arrive_in_time",
        "support_tickets",
    ),
    "time zone shift": (tickets(shifted), "hours_of_day_keep_their_shares", "support_tickets"),
    "a channel that takes over": (
        tickets(lambda _, row: [*row[:7], "chat"]),
        "categories_keep_their_shares",
        "chat",
    ),
    "ids that came empty": (tickets(lambda _, row: [*row[:2], "", *row[3:]]), "facts_name_their_members", "product"),
    "unit × 100 in what was settled": (
        _rows("feeds/benefits.csv", lambda _, row: [*row[:7], str(100 * float(row[7])), *row[8:]]),
        "settled_values_stay",
        "benefits",
    ),
    "something after it was shown": (
        add("feeds/work_item_changes.csv", "D15,status,2025-07-14T08:00:00Z,0,In progress,Done,bo"),
        "event_was_there_when_shown",
        "work_item_changes",
    ),
    "posted in the future": (
        text("data/ledger.csv", "V042,1,30.06.2025", "V042,1,30.08.2025"),
        "ledger_not_from_the_future",
        "V042-1",
    ),
    "answered in the future": (
        text("feeds/survey_responses.jsonl", '"responded_at": "2025-06-13T09:00:00Z"', '"responded_at": "2025-07-13T09:00:00Z"'),
        "survey_responses_not_from_the_future",
        "N20",
    ),
    "orphans": (every("feeds/budgets.csv", ",5100,,,,", ",5100,T77,,,"), "facts_name_members_that_exist", "T77"),
    "scale changed": (
        text("feeds/survey_responses.jsonl", '"score": 10, "scale_min": 0, "scale_max": 10, "higher_is_better": true, "respondent_id": "c10"',
             '"score": 100, "scale_min": 0, "scale_max": 100, "higher_is_better": true, "respondent_id": "c10"'),
        "question_keeps_its_scale",
        "recommend",
    ),
    "a status of two meanings": (
        text("feeds/work_items.csv", "Filters,In progress,in_progress", "Filters,In progress,to_do"),
        "status_has_one_category",
        "In progress",
    ),
    "accounts out of the chart": (text("feeds/accounts.csv", "1200,", "1299,"), "facts_name_members_that_exist", "1200"),
    "hours on a key that was renamed": (
        hours(lambda number, row: [row[0], "OLD-10", *row[2:]] if number == 3 else row),
        "facts_name_members_that_exist",
        "OLD-10",
    ),
    "hours after the last day": (
        text("feeds/people.csv", "bo,T2,2024-01-01,", "bo,T2,2024-01-01,2025-06-20"),
        "hours_lie_within_employment",
        "after the last day",
    ),
    "hours before the first day": (
        text("feeds/people.csv", "ada,T1,2024-01-01,", "ada,T1,2024-12-01,"),
        "hours_lie_within_employment",
        "before the person joined",
    ),
    "teams above each other": (text("feeds/teams.csv", "T0,Delivery,,", "T0,Delivery,T1,"), "references_have_no_circle", "team"),
    "entries that reverse each other": (
        text("data/ledger.csv", "V022,1,31.01.2025,,,5100", "V022,1,31.01.2025,,V023-1,5100"),
        "references_have_no_circle",
        "ledger entry",
    ),
    "a budget given twice": (
        add("feeds/budgets.csv", "BG98,2025-04-01,5000,,,,9000,EUR,v1,2025-03-20"),
        "budget_is_given_once",
        "9000",
    ),
    "a rate × 100": (text("feeds/exchange_rates.csv", "USD,0.8821", "USD,88.21"), "ledger_rate_keeps_its_size", "V036-1"),
    "started before it was created": (
        text("feeds/work_items.csv", "2025-05-27T08:00:00Z,2025-05-28T08:00:00Z", "2025-05-27T08:00:00Z,2024-05-28T08:00:00Z"),
        "work_ends_after_it_begins",
        "D16",
    ),
    "delivered before it was promised": (
        text(
            "feeds/work_items.csv",
            "2025-06-02T08:00:00Z,2025-06-03T08:00:00Z,2025-06-13",
            "2025-06-25T08:00:00Z,2025-06-03T08:00:00Z,2025-06-13",
        ),
        "commitment_precedes_delivery",
        "D20",
    ),
    "a link to a goal that nobody set": (
        add("feeds/outcome_links.csv", "L8,D20,,KR99,1,,"),
        "facts_name_members_that_exist",
        "KR99",
    ),
    "planned to end before it begins": (
        text("feeds/initiatives.csv", "2024-10-01,2025-09-30", "2024-10-01,2023-09-30"),
        "initiative_ends_after_it_begins",
        "I2",
    ),
    "a figure that jumps": (
        lambda folder: [
            edit(folder)
            for edit in (
                text("data/ledger.csv", "V040,1,25.06.2025,,,4100,,800.00", "V040,1,25.06.2025,,,4100,,80000.00"),
                text("data/ledger.csv", "28598.45,13550.00,EUR", "28598.45,92750.00,EUR"),
            )
        ],
        "metric_keeps_to_its_history",
        "revenue",
    ),
}  # fmt: skip


def planted(kinds: dict[str, tuple[Edit, str, str]], folder: Path) -> None:
    """Plant every kind of a table in one portfolio."""
    for edit, *_ in kinds.values():
        edit(folder)


def test_at_least_thirty_kinds_are_planted() -> None:
    assert len(STOPPED) + len(SET_APART) + len(WARNED) >= 30


# files


@pytest.mark.parametrize("kind", STOPPED)
def test_such_a_file_lands_nothing_and_what_was_served_stays(kind: str, first: Stage, tmp_path: Path) -> None:
    edit, words = STOPPED[kind]
    portfolio = copy_portfolio(TINY, tmp_path / "portfolio")
    home = copy_home(first.home, tmp_path / "homes" / "tiny")
    edit(portfolio)
    before = tree(home / "serve"), tree(home / "landing")

    said = outcomes("refresh", home=tmp_path / "homes", portfolio=portfolio)

    assert said.exit_code == 1
    assert [word for word in ("could not be landed", *words) if word not in said.err] == [], said.err
    assert (tree(home / "serve"), tree(home / "landing")) == before


# rows


@pytest.fixture(scope="module")
def set_apart(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Feed and rule of each row that landing set apart of a portfolio with every such kind in it."""
    folder = tmp_path_factory.mktemp("set_apart")
    portfolio = copy_portfolio(TINY, folder / "portfolio")
    planted(SET_APART, portfolio)
    run = Run(workspace(portfolio).model_copy(update={"home": folder / "home"}), folder / "home")
    rules = run.space.portfolio.landing_rules().model_copy(update={"quarantine_fail_share": None})
    for source in run.space.portfolio.sources:
        land_source(portfolio, run.space.home, source, rules, b"key", run.landed_at)
    files = [str(path) for path in (folder / "home" / "quarantine").rglob("*.parquet")]
    return set(
        duckdb.execute(
            "select feed, unnest(from_json(violations, '[\"json\"]'))->>'rule' from read_parquet(?, hive_partitioning = false)",
            [files],
        ).fetchall()
    )


@pytest.mark.parametrize("kind", SET_APART)
def test_such_a_row_is_set_apart_by_the_rule_that_it_breaks(kind: str, set_apart: set[tuple[str, str]]) -> None:
    _, feed, rule = SET_APART[kind]
    assert (feed, rule) in set_apart


@pytest.mark.slow
def test_so_many_rows_set_apart_stop_publishing(first: Stage, tmp_path: Path) -> None:
    portfolio = copy_portfolio(TINY, tmp_path / "portfolio")
    home = copy_home(first.home, tmp_path / "homes" / "tiny")
    planted(SET_APART, portfolio)
    # one that is good, or nothing would be left of the feed, which lands nothing
    add("feeds/key_results.csv", "KR4,O1,Good,outcome,reach,percent,,60,75,2024-10-01,2025-06-30,,,,")(portfolio)
    before = tree(home / "serve")

    refused = outcomes("refresh", home=tmp_path / "homes", portfolio=portfolio)
    with changed(portfolio, [("portfolio.yml", "sources:", "thresholds: {quarantine_fail_share: 1}\nsources:")]):
        outcomes("land", home=tmp_path / "homes", portfolio=portfolio)
    said = outcomes("refresh", home=tmp_path / "homes", portfolio=portfolio)
    rows = outcomes(
        "check", "--rows", "reject_share_fail", "--limit", "100", home=tmp_path / "homes", portfolio=portfolio
    )

    assert (refused.exit_code, said.exit_code) == (1, 1)
    assert "are rejected" in refused.err
    assert "reject_share_fail" in said.err
    assert tree(home / "serve") == before
    assert {feed for _, feed, _ in SET_APART.values() if feed not in rows.out} == set()
    assert "record" in rows.out and "rejected" in rows.out


# what may be true


@pytest.mark.slow
def test_a_currency_may_be_corrected_and_corrected_back(first: Stage, tmp_path: Path) -> None:
    """The entry's row of the first load and that of the next are alike but for the currency."""
    portfolio = copy_portfolio(TINY, tmp_path / "portfolio")
    home = copy_home(first.home, tmp_path / "homes" / "tiny")
    ledger = portfolio / "data" / "ledger.csv"
    before = ledger.read_text()
    in_euros, in_dollars = "V041,1,30.06.2025,,,5000,900.00,,EUR", "V041,1,30.06.2025,,,5000,900.00,,USD"
    totals = (("28598.45,13550.00,EUR", "27698.45,13550.00,EUR"), ("2683.83,10000.00,USD", "3583.83,10000.00,USD"))
    for pair in ((in_euros, in_dollars), *totals):
        replace(ledger, *pair)
    declared, moment = portfolio / "portfolio.yml", "observed_at: 2025-06-30T21:59:59Z"
    replace(declared, "as_of: 2025-06-30", "as_of: 2025-07-31")
    replace(declared, moment, moment.replace("06-30", "07-10"))

    there = outcomes("refresh", home=tmp_path / "homes", portfolio=portfolio)
    corrections = read(served(home), "select direction, currency from core.fct_ledger_corrections order by all")
    ledger.write_text(before)
    replace(declared, "07-10", "07-11")
    back = outcomes("refresh", home=tmp_path / "homes", portfolio=portfolio)

    assert (there.exit_code, back.exit_code) == (0, 0), there.err + back.err
    assert corrections == [("in", "USD"), ("out", "EUR")]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """The portfolio in which nothing is wrong, refreshed."""
    folder = tmp_path_factory.mktemp("sound")
    portfolio = Portfolio(sound_portfolio(folder / "portfolio"), folder / "homes")
    said = portfolio.run("refresh")
    assert said.exit_code == 0, said.err
    return portfolio


@pytest.fixture(scope="module")
def warned(sound: Portfolio) -> Portfolio:
    """The same with every kind planted that warns, refreshed again."""
    planted(WARNED, sound.folder)
    said = sound.run("refresh")
    assert said.exit_code == 0, said.err
    return sound


def warnings(portfolio: Portfolio, *, current: bool) -> dict[str, str]:
    """What the checks that warned show of their rows, by check: of the refresh that is served, or of the one before."""
    return dict(
        read(
            served(portfolio.home),
            f"""select check_name, sample from audit.fct_check_results
            where is_current = {current} and status not in ('passed', 'not_compared')""",
        )
    )


@pytest.mark.slow
def test_where_nothing_is_wrong_nothing_warns(warned: Portfolio) -> None:
    assert warnings(warned, current=False) == {}


@pytest.mark.slow
@pytest.mark.parametrize("kind", WARNED)
def test_such_a_thing_is_published_with_the_warning_that_is_meant_for_it(kind: str, warned: Portfolio) -> None:
    _, check, shows = WARNED[kind]
    assert check in warnings(warned, current=True)
    rows = warned.run("check", "--rows", check, "--limit", "200").out
    assert shows in rows


@pytest.mark.slow
def test_the_status_names_every_check_that_warned(warned: Portfolio) -> None:
    said = " ".join(warned.run("status").out.split()).partition("Warned: ")[2]
    found = warnings(warned, current=True)
    assert [check for check in found if check not in said] == []
    assert len({*re.findall(r"To see the rows: \S.*? --rows (\w+)", said)} & found.keys()) == FEW
