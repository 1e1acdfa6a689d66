"""Two months of one portfolio: what was known then, what was restated since and why, what came late and what is gone.

Tiny is refreshed as of June, and again as of July with files in which rows are corrected, deleted and late; then what
was known at the end of June is built again.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Portfolio
from tests.end_to_end.harness import (
    TINY,
    Said,
    copy_portfolio,
    figures,
    outcomes,
    read,
    replace,
    served,
    tree,
    versions,
)

pytestmark = [pytest.mark.xdist_group("history"), pytest.mark.slow]

Row = dict[str, str]
Edit = Callable[[Row], Row | None]


def edit_csv(path: Path, edit: Edit, *, more: Iterable[Row] = ()) -> None:
    """Rewrite a CSV file: each row as `edit` returns it (None: gone), and `more` rows behind them."""
    text = path.read_text()
    reader = csv.DictReader(io.StringIO(text))
    kept = [new for row in reader if (new := edit(row)) is not None]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or [], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *more])


def without(column: str, *gone: str) -> Edit:
    """Leave out the rows with one of these values."""
    return lambda row: None if row[column] in gone else row


def july_ledger(path: Path) -> None:
    """Voucher V041 is corrected from June 900 to May 1000, V032 is gone, V045 of June came late; the totals follow."""
    late = {"Voucher": "V045", "Line": "1", "Booked": "20.06.2025", "Account": "5100", "Debit": "600.00"}
    late |= {"Currency": "EUR", "Project": "I2", "Text": "Cloud, billed late"}

    def edit(row: Row) -> Row | None:
        if row["Text"] == "Total":
            plus = {"EUR": 700.0, "USD": -333.33}.get(row["Currency"], 0)
            return row | {"Debit": f"{float(row['Debit']) + plus:.2f}"}
        if row["Voucher"] == "V041":
            return row | {"Booked": "31.05.2025", "Debit": "1000.00"}
        return None if row["Voucher"] == "V032" else row

    edit_csv(path, edit, more=[late])


def to_july(folder: Path) -> None:
    """Edit a copy of tiny to what its sources show at the end of July."""
    feeds = folder / "feeds"
    text = (folder / "portfolio.yml").read_text()
    text = text.replace("2025-06-30T21:59:59Z", "2025-07-31T21:59:59Z").replace("2025-07-01]]", "2025-08-01]]")
    (folder / "portfolio.yml").write_text(text.replace("as_of: 2025-06-30", "as_of: 2025-07-31"))
    july_ledger(folder / "data" / "ledger.csv")
    late = {"initiative_id": "I99", "name": "Latecomer", "stage": "active"}
    edit_csv(feeds / "initiatives.csv", lambda row: row, more=[late])
    edit_csv(feeds / "teams.csv", lambda row: row, more=[{"team_id": "T9", "name": "Growth", "is_pilot": "false"}])
    item = {"work_item_id": "D27", "item_type": "feature", "title": "Reported late", "status": "Done"}
    item |= {"status_category": "done", "is_deliverable": "true", "created_at": "2025-06-02T08:00:00Z"}
    item |= {"done_at": "2025-06-20T08:00:00Z"}
    edit_csv(feeds / "work_items.csv", without("work_item_id", "D25"), more=[item])
    edit_csv(feeds / "outcome_links.csv", without("link_id", "L1"))
    edit_csv(feeds / "key_results.csv", without("key_result_id", "KR2"))
    edit_csv(feeds / "benefits.csv", without("benefit_id", "B04"))
    answers = (feeds / "survey_responses.jsonl").read_text().splitlines()
    kept = [line for line in answers if json.loads(line)["response_id"] != "A16"]
    (feeds / "survey_responses.jsonl").write_text("\n".join(kept) + "\n")


@dataclass(frozen=True)
class Story:
    """The portfolio after both months, with the names of its versions."""

    portfolio: Portfolio
    june: str
    july: str
    then: str
    said: Said
    before: dict[str, tuple[int, int]]

    def database(self, version: str) -> Path:
        """The DuckDB file of a version."""
        return self.portfolio.home / "serve" / version / "warehouse.duckdb"

    def read(self, version: str, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on a version."""
        return read(self.database(version), sql)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """June, July, and June as a point-in-time version."""
    root = tmp_path_factory.mktemp("history")
    portfolio = Portfolio(copy_portfolio(TINY, root / "portfolio"), root / "homes")
    # a key result of three is 33 %, a link of three too
    replace(
        portfolio.folder / "portfolio.yml",
        "generated: true\n",
        "generated: true\nthresholds: {deleted_fail_share: 0.5}\n",
    )
    assert portfolio.refresh().said.exit_code == 0
    june = served(portfolio.home).parent.resolve().name
    to_july(portfolio.folder)
    july = portfolio.refresh()
    assert july.said.exit_code == 0, july.said.err
    assert july.version
    before = tree(portfolio.home)
    said = portfolio.run("refresh", "--as-of", "2025-06-30")
    assert said.exit_code == 0, said.err
    then = versions(portfolio.home)[-1]
    return Story(portfolio, june, july.version, then, said, before)


# ---- point in time


def test_what_was_known_then_is_what_was_published_then(story: Story) -> None:
    """A past board pack, figure by figure."""
    assert story.then not in (story.june, story.july)
    assert figures(story.database(story.then)) == figures(story.database(story.june))


def test_what_is_served_stays_as_it_is(story: Story) -> None:
    after = tree(story.portfolio.home)

    assert served(story.portfolio.home).parent.resolve().name == story.july
    mine = ("as-of/", f"serve/{story.then}")
    changed = {name for name in after.keys() | story.before.keys() if after.get(name) != story.before.get(name)}
    assert {name for name in changed if not name.startswith(mine)} <= {"as-of", "serve"}


def test_it_says_that_it_is_reconstructed(story: Story) -> None:
    manifest = json.loads((story.database(story.then).parent / "manifest.json").read_text())
    page = (story.database(story.then).parent / "index.html").read_text()

    assert manifest["reconstructed"] is True
    assert manifest["as_of"] == "2025-06-30T23:59:59.999999+02:00"
    assert manifest["observed_by"] == "2025-06-30T21:59:59.999999+00:00"
    assert {load["observed_at"] for load in manifest["loads"]} == {"2025-06-30T21:59:59+00:00"}
    assert "Point in time 30 Jun 2025, reconstructed from loads landed later." in page
    assert f"Version {story.then}, point in time 30 Jun 2025, reconstructed." in story.said.out


def test_it_was_audited_like_any(story: Story) -> None:
    count = "select count(*), count(*) filter (severity = 'fail' and status <> 'passed' and status <> 'not_compared') from audit.fct_check_results where is_current"
    [(checks, failed)] = story.read(story.then, count)

    assert [(checks, failed)] == story.read(story.june, count)
    assert checks > 250


def test_it_can_be_listed_and_read_but_not_served(story: Story) -> None:
    portfolio = story.portfolio
    listed = portfolio.run("versions").out
    asked = portfolio.run("query", "--version", story.then, "select 1 as one", "--format", "csv")
    status = portfolio.run("status", "--version", story.then)
    back = portfolio.run("rollback", story.then)

    assert re.search(rf"reconstructed\s+{story.then}", listed)
    assert asked.out.split() == ["one", "1"]
    assert (status.exit_code, "point in time 30 Jun 2025, reconstructed" in status.out) == (0, True)
    assert back.exit_code == 1
    assert "never served" in back.err
    assert served(portfolio.home).parent.resolve().name == story.july


def test_query_reads_the_version_asked_for(story: Story) -> None:
    sql = "select count(*) as entries from core.fct_ledger_entries where ledger_entry_id = 'V045-1'"
    found = [
        story.portfolio.run("query", "--version", name, sql, "--format", "csv").out.split()[1]
        for name in (story.june, story.july, story.then)
    ]

    assert found == ["0", "1", "0"]


def test_a_version_that_is_not_there_lists_those_that_are(story: Story) -> None:
    said = story.portfolio.run("query", "--version", "01NOSUCH", "select 1")

    assert said.exit_code == 1
    assert story.june in said.err and story.july in said.err


def test_asked_again_nothing_is_new(story: Story) -> None:
    kept = versions(story.portfolio.home)

    said = story.portfolio.run("refresh", "--as-of", "2025-06-30")

    assert said.exit_code == 0
    assert said.out.startswith("Nothing new")
    assert story.then in said.out
    assert versions(story.portfolio.home) == kept


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-08-01", "that day has not ended"),
        ("2025-06-29", "The first load was observed at 2025-06-30T21:59:59+00:00"),
        ("yesterday", "write it as 2026-03-31"),
        ("2025-06-31", "this is not a day"),
    ],
)
def test_a_day_that_can_not_be_is_wrong_usage(day: str, words: str, story: Story) -> None:
    said = story.portfolio.run("refresh", "--as-of", day)

    assert said.exit_code == 2
    assert words in said.err
    assert "To fix:" in said.err


# ---- restated, and why


def restated(story: Story, before: str, after: str) -> dict[tuple[str, ...], Row]:
    """What `outcomes diff` says, by metric, grain, period and member."""
    said = story.portfolio.run("diff", before, after, "--format", "csv")
    assert said.exit_code == 0, said.err
    rows = csv.DictReader(io.StringIO(said.out))
    names = ("metric_name", "grain", "period_start", "dimension_name", "member_id")
    return {tuple(row[name] for name in names): row for row in rows}


@pytest.mark.parametrize(
    ("figure", "old", "new", "why"),
    [
        (("cost", "month", "2025-04-01"), 3043.3304, 2750, "ledger_entries: 1 deleted"),
        (("cost", "month", "2025-05-01"), 49.8284, 1049.8284, "ledger_entries: 1 corrected"),
        (("cost", "month", "2025-06-01"), 2482.315, 2182.315, "ledger_entries: 1 new, 1 corrected"),
        (("cost", "quarter", "2025-04-01"), 5575.4738, 5982.1434, "ledger_entries: 1 new, 1 corrected, 1 deleted"),
        (("delivered", "month", "2025-04-01"), 5, 4, "work_items: 1 deleted"),
        (("delivered", "month", "2025-06-01"), 7, 8, "work_items: 1 new"),
        (("approval_rate", "month", "2025-02-01"), 0.5, 0, "survey_responses: 1 deleted"),
    ],
)
def test_a_restated_figure_says_why(figure: tuple[str, ...], old: float, new: float, why: str, story: Story) -> None:
    row = restated(story, story.june, story.july)[(*figure, "total", "total")]

    assert (float(row["old_value"]), float(row["new_value"])) == pytest.approx((old, new))
    assert (row["why"], row["was_open"], row["rows_scope"]) == (why, "False", "period and member")


def test_a_member_that_arrived_is_the_reason(story: Story) -> None:
    found = restated(story, story.june, story.july)

    assert found["delivered", "month", "2025-06-01", "team", "-3"]["why"] == "teams: 1 new"
    assert found["delivered", "month", "2025-06-01", "team", "T9"]["why"] == "teams: 1 new"


def test_no_restated_figure_goes_without_a_reason(story: Story) -> None:
    assert {row["why"] for row in restated(story, story.june, story.july).values()}.isdisjoint(
        {"unexplained", "the code changed"}
    )


def test_what_was_known_then_differs_in_nothing_from_what_was_published_then(story: Story) -> None:
    assert restated(story, story.june, story.then) == {}


def test_by_default_the_two_newest_are_compared(story: Story) -> None:
    said = story.portfolio.run("diff", "--limit", "3")

    assert said.exit_code == 0
    assert f"{story.then} → {story.july}" in said.out
    assert "--limit N" in said.out


def test_as_json_it_has_all_figures(story: Story) -> None:
    said = story.portfolio.run("diff", story.june, story.july, "--format", "json")

    assert len(json.loads(said.out)) == len(restated(story, story.june, story.july)) > 50


def test_a_version_that_is_not_there_can_not_be_compared(story: Story) -> None:
    said = story.portfolio.run("diff", "01NOSUCH", story.july)

    assert (said.exit_code, story.june in said.err) == (1, True)


# ---- corrections of the ledger


def test_a_corrected_entry_says_what_it_said_before(story: Story) -> None:
    sql = """select ledger_entry_id, posted_date::varchar, amount::double, corrected_at::varchar,
            previous_posted_date::varchar, previous_amount::double, previous_currency
        from core.fct_ledger_entries where is_corrected"""

    assert story.read(story.july, sql) == [
        ("V041-1", "2025-05-31", 1000.0, "2025-07-31 21:59:59", "2025-06-30", 900.0, "EUR")
    ]
    assert story.read(story.june, sql) == []


def test_one_select_says_which_months_were_restated_by_how_much_and_when(story: Story) -> None:
    sql = """select ledger_entry_id, correction_kind, direction, month_start_date::varchar, restated_date::varchar,
            restated_reporting_amount::double
        from core.fct_ledger_corrections order by all"""

    assert story.read(story.july, sql) == [
        ("V032-1", "deleted", "out", "2025-04-01", "2025-07-31", -293.3304),
        ("V041-1", "corrected", "in", "2025-05-01", "2025-07-31", 1000.0),
        ("V041-1", "corrected", "out", "2025-06-01", "2025-07-31", -900.0),
        ("V045-1", "late", "in", "2025-06-01", "2025-07-31", 600.0),
    ]
    assert story.read(story.june, sql) == []


def test_restatements_explain_the_difference_of_every_month(story: Story) -> None:
    cost = "select period_start, value from metrics.fct_metric_values where metric_name = 'cost' and grain = 'month' and dimension_name = 'total' and period_start < '2025-07-01'"
    moved = "select month_start_date, sum(restated_reporting_amount)::double from core.fct_ledger_corrections where account_type = 'cost' group by 1"
    june, july, by = (
        dict(story.read(*asked)) for asked in ((story.june, cost), (story.july, cost), (story.july, moved))
    )

    assert {month: value + by.get(month, 0) for month, value in june.items()} == pytest.approx(july)


# ---- gone


GONE = {
    "a ledger entry": "select count(*) from core.fct_ledger_entries where ledger_entry_id = 'V032-1'",
    "a work item": "select count(*) from core.fct_deliverables where work_item_id = 'D25'",
    "its value": "select count(*) from outcomes.value_realization where entity_id = 'D25'",
    "an answer": "select count(*) from core.fct_survey_responses where response_id = 'A16'",
    "a link": "select count(*) from outcomes.value_realization where entity_id = 'D07' and evidence_level = 'direct'",
    "a key result": "select count(*) from core.dim_key_result where key_result_id = 'KR2' and is_current",
    "its score": "select count(*) from outcomes.goal_scorecard where key_result_id = 'KR2'",
    "a benefit": "select count(*) from core.fct_benefits where benefit_id = 'B04'",
    "its return": "select count(benefit_reporting_amount) from outcomes.value_realization where entity_id = 'I3' and level = 'initiative'",
}


@pytest.mark.parametrize("what", GONE)
def test_what_a_snapshot_no_longer_holds_is_gone(what: str, story: Story) -> None:
    [(before,)] = story.read(story.june, GONE[what])
    [(after,)] = story.read(story.july, GONE[what])

    assert before > 0
    assert after == 0


# ---- late


def test_a_late_fact_lands_in_its_period(story: Story) -> None:
    sql = """select period_start::varchar, value from metrics.fct_metric_values where metric_name = 'delivered'
        and grain = 'month' and dimension_name = 'total' and period_start >= '2025-06-01' order by 1"""

    assert story.read(story.june, sql) == [("2025-06-01", 7.0)]
    # D21 was done on 1 July
    assert story.read(story.july, sql) == [("2025-06-01", 8.0), ("2025-07-01", 1.0)]


ENTRY_OF_I99 = """
    select * exclude (initiative_key, current_initiative_key, source_record), initiative_key, current_initiative_key
    from core.fct_ledger_entries where ledger_entry_id = 'V039-1'"""


def test_a_late_member_replaces_not_yet_arrived(story: Story) -> None:
    [(*_, then, now)] = story.read(story.june, ENTRY_OF_I99)
    [(*_, later_then, later_now)] = story.read(story.july, ENTRY_OF_I99)
    named = "select initiative_name from core.dim_initiative where initiative_key = "

    assert (then, now) == (-3, -3)
    assert later_then == later_now
    assert story.read(story.july, f"{named} {later_now}") == [("Latecomer",)]


def test_a_late_member_rewrites_no_history(story: Story) -> None:
    """The entry says all else as before, and so does what was published."""
    [(*before, _, _)] = story.read(story.june, ENTRY_OF_I99)
    [(*after, _, _)] = story.read(story.july, ENTRY_OF_I99)
    others = """select initiative_id, valid_from, valid_to, is_current from core.dim_initiative
        where initiative_id <> 'I99' order by all"""

    assert after == before
    assert story.read(story.june, others) == story.read(story.july, others)
    assert story.read(story.june, ENTRY_OF_I99)[0][-1] == -3


# ---- several sources, each observed at its own moment

SOURCES = """name: several
title: Two sources
reporting_currency: EUR
as_of: 2026-03-31
sources:
  - {name: tracker, path: tracker, feeds: [work_items], observed_at: 2026-01-31T12:00:00Z}
  - {name: books, path: books, feeds: [ledger_entries, accounts], observed_at: 2026-02-28T12:00:00Z}
"""
FEEDS = {
    "work_items": "work_item_id,item_type,title,status,status_category,is_deliverable,created_at,done_at\n"
    "D1,feature,One,Done,done,true,2026-01-05T08:00:00Z,2026-01-20T08:00:00Z\n",
    "accounts": "account_code,account_name,account_type\n5000,Salaries,cost\n",
    "ledger_entries": "ledger_entry_id,posted_date,account_code,amount,currency\nV1,2026-01-10,5000,100,EUR\n",
}
TOTALS = """select metric_name, value, status from metrics.fct_metric_values
    where metric_name in ('cost', 'delivered') and grain = 'all' and dimension_name = 'total' order by 1"""


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Work that was observed in January and money that was observed in February, refreshed as of March."""
    root = tmp_path_factory.mktemp("several")
    folder = root / "portfolio"
    for name in ("feeds", "tracker", "books"):
        (folder / name).mkdir(parents=True)
    (folder / "portfolio.yml").write_text(SOURCES)
    for name, text in FEEDS.items():
        (folder / "feeds" / f"{name}.csv").write_text(text)
    said = outcomes("refresh", home=root / "homes", portfolio=folder)
    assert said.exit_code == 0, said.err
    return Portfolio(folder, root / "homes")


def test_of_several_sources_those_observed_by_then_were_known(several: Portfolio) -> None:
    home = several.homes / "several"
    said = several.run("refresh", "--as-of", "2026-02-27")

    assert said.exit_code == 0, said.err
    now, then = served(home), home / "serve" / versions(home)[-1] / "warehouse.duckdb"
    assert read(now, TOTALS) == [("cost", 100.0, "measured"), ("delivered", 1.0, "measured")]
    assert read(then, TOTALS) == [("cost", None, "not_measured"), ("delivered", 1.0, "measured")]


def test_before_any_of_them_nothing_was_known(several: Portfolio) -> None:
    said = several.run("refresh", "--as-of", "2026-01-30")

    assert said.exit_code == 2
    assert "The first load was observed at 2026-01-31T12:00:00+00:00" in said.err
