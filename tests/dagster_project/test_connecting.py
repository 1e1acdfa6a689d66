"""`outcomes connect`: a tool is tried, and a new one is written into portfolio.yml."""

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.settings import read_portfolio
from tests.end_to_end.harness import Said, environment, outcomes
from tests.sources.fakes import jira, xero
from tests.sources.fakes.server import running

TOKEN = "a-planted-token-7391"
START = "name: mine\ntitle: Mine\nreporting_currency: EUR\n"


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "portfolio.yml").write_text(START)
    (folder / "data").mkdir()
    (folder / "feeds").mkdir()
    return folder


def map_budgets(portfolio: Path) -> None:
    (portfolio / "feeds" / "budgets.sql").write_text("select 1 as budget_id")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Generator[jira.FakeJira]:
    monkeypatch.setenv("OUTCOMES_JIRA_TOKEN", TOKEN)
    with running(jira.FakeJira()) as fake:
        yield fake


def connect(site: jira.FakeJira, portfolio: Path, *more: str) -> Said:
    given = ("--type", "jira", "--set", f"url={site.url}", "--set", "user=reports@acme.example", *more)
    return outcomes("connect", "jira", *given, home=portfolio.parent / "home", portfolio=portfolio)


def test_a_new_source_is_tried_and_written_with_all_else_as_it_was(site: jira.FakeJira, portfolio: Path) -> None:
    map_budgets(portfolio)
    path = portfolio / "portfolio.yml"
    path.write_text(
        START
        + "sources:\n  # the sheet of the controller\n  - name: sheet\n    feeds: [budgets]  # by month\n\n# the end\nlocale: de\n"
    )

    said = connect(site, portfolio, "--set", "projects=[ABC]")

    assert said.exit_code == 0, said.err
    assert "It sees ABC, OPS." in said.out and "work_items" in said.out and "added to portfolio.yml" in said.out
    assert "Throughput" in said.out or "Deliverables delivered" in said.out
    added = f"  - name: jira\n    type: jira\n    url: {site.url}\n    user: reports@acme.example\n    projects:\n    - ABC\n"
    assert path.read_text() == (
        START + "sources:\n  # the sheet of the controller\n  - name: sheet\n    feeds: [budgets]  # by month\n" + added
        + "\n# the end\nlocale: de\n"
    )  # fmt: skip
    assert [source.name for source in read_portfolio(portfolio).sources] == ["sheet", "jira"]
    again = outcomes("connect", "jira", home=portfolio.parent / "home", portfolio=portfolio)
    assert again.exit_code == 0 and "added" not in again.out
    assert TOKEN not in said.out + again.out + path.read_text()


def test_a_source_that_cannot_be_read_is_not_written(site: jira.FakeJira, portfolio: Path) -> None:
    said = connect(site, portfolio, "--set", "projects=[NONE]")

    assert said.exit_code == 1
    assert "does not see NONE" in said.out and "not added" in said.out
    assert (portfolio / "portfolio.yml").read_text() == START


def test_files_that_were_the_only_source_stay_one(site: jira.FakeJira, portfolio: Path) -> None:
    map_budgets(portfolio)

    assert connect(site, portfolio).exit_code == 0

    files, tool = read_portfolio(portfolio).sources
    assert (files.name, files.feeds, tool.name) == ("files", ("budgets",), "jira")


@pytest.mark.parametrize(
    ("written", "given", "said"),
    [
        ("sources: [{name: sheet, feeds: [budgets]}]\n", (), "each beginning with a dash"),
        ("sources:\n- {name: jira, feeds: [budgets]}\n", (), "has a source jira"),
        ("", ("--type", "jiira"), "--type jiira: there is no such tool"),
        ("", ("--set", "token=x"), "secrets don't belong in this file"),
        ("", ("--set", "projects"), "it has no value"),
        ("", ("--set", "no_such=1"), "no_such"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_asked(
    site: jira.FakeJira, portfolio: Path, written: str, given: tuple[str, ...], said: str
) -> None:
    (portfolio / "portfolio.yml").write_text(START + written)

    found = connect(site, portfolio, *given)

    assert found.exit_code == 2
    assert said in found.err and "To fix:" in found.err
    assert site.requests == []
    assert (portfolio / "portfolio.yml").read_text() == START + written


def test_a_consent_is_asked_for_and_its_token_kept(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_BOOKS_CLIENT_SECRET", TOKEN)
    home = portfolio.parent / "home"
    with running(xero.FakeXero()) as books:
        settings = {
            "url": books.url, "sign_in_url": f"{books.url}/token", "client_id": "app", "organisation": xero.TENANT
        }  # fmt: skip
        given = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]

        from dagster_project.cli import app

        asked = ["connect", "books", "--type", "xero", *given]
        said = CliRunner().invoke(app, asked, input="a-code\n", env=environment(home, portfolio))

        assert said.exit_code == 0, said.output
        assert re.search(r"^https://login\.xero\.com/identity/connect/authorize\?\S+&state=\S{20,}$", said.output, re.M)
        kept = json.loads((home / "mine" / "secrets" / "books.json").read_text())
        assert kept == {"refresh_token": books.refresh_tokens[-1]}  # type: ignore[attr-defined]
        assert "a-code" not in said.output and TOKEN not in said.output
        assert read_portfolio(portfolio).sources[-1].name == "books"


def test_a_mapping_is_shown_with_what_was_fetched(site: jira.FakeJira, portfolio: Path) -> None:
    assert connect(site, portfolio).exit_code == 0
    home = portfolio.parent / "home"

    def feed() -> Said:
        return outcomes("feed", "work_items", "--source", "jira", home=home, portfolio=portfolio)

    before = feed()
    assert before.exit_code == 2 and "source jira was never fetched" in before.err
    assert outcomes("fetch", home=home, portfolio=portfolio).exit_code == 0
    shown = feed()
    assert shown.exit_code == 0, shown.err
    assert "the connector's work_items.sql reads pulls/jira/" in shown.out and "10 rows would land" in shown.out

    own = portfolio / "feeds" / "jira" / "work_items.sql"
    own.parent.mkdir()
    own.write_text("select id as work_item_id, _file, _record from raw.issues where id > '10003'")
    shown = feed()
    assert shown.exit_code == 1 and "jira/work_items.sql: feed work_items needs item_type" in shown.err
