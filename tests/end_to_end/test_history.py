"""Two months of one portfolio: what was known then, what was restated since and why, what came late and what is gone.

Tiny is refreshed as of June, and again as of July with files in which rows are corrected, deleted and late; then what
was known at the end of June is built anew.
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
from tests.end_to_end.harness import TINY, Said, copy_portfolio, figures, read, replace, served, tree, versions

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
    """June, July, and June as known then."""
    root = tmp_path_factory.mktemp("history")
    portfolio = Portfolio(copy_portfolio(TINY, root / "portfolio"), root / "homes")
    # a key result of three is 33 %, a link of three too
    replace(
        portfolio.folder / "portfolio.yml",
        "generated: true\n",
        "generated: true\nthresholds: {vanished_fail_share: 0.5}\n",
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


# ---- as known then


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
    assert "Reconstructed: as known on 30 Jun 2025, from loads landed later." in page
    assert f"Version {story.then}, as known on 30 Jun 2025, reconstructed." in story.said.out


def test_it_was_audited_like_any(story: Story) -> None:
    count = "select count(*), count(*) filter (severity = 'fail' and status <> 'passed' and status <> 'not_compared') from audit.fct_check_results"
    [(checks, failed)] = story.read(story.then, count)

    assert [(checks, failed)] == story.read(story.june, count)
    assert checks > 250


def test_it_can_be_listed_and_read_but_not_served(story: Story) -> None:
    portfolio = story.portfolio
    listed = portfolio.run("versions").out
    asked = portfolio.run("query", "--version", story.then, "select 1 as one", "--format", "csv")
    status = portfolio.run("status", "--version", story.then)
    back = portfolio.run("rollback", story.then)

    assert re.search(rf"as known then, reconstructed\s+{story.then}", listed)
    assert asked.out.split() == ["one", "1"]
    assert (status.exit_code, "as known on 30 Jun 2025, reconstructed" in status.out) == (0, True)
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
        ("2025-06-31", "it is no day"),
    ],
)
def test_a_day_that_can_not_be_is_wrong_usage(day: str, words: str, story: Story) -> None:
    said = story.portfolio.run("refresh", "--as-of", day)

    assert said.exit_code == 2
    assert words in said.err
    assert "What to do:" in said.err
