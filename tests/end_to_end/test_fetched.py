"""A portfolio of tools alone, from `outcomes connect` to its page: fetched over HTTP from servers on this machine."""

import gzip
from collections.abc import Generator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dagster_project.home import last_refresh
from tests.end_to_end.harness import Said, outcomes, read, served, versions
from tests.sources.fakes import asana, jira, zendesk
from tests.sources.fakes.server import Fake, running

pytestmark = pytest.mark.slow
TOKEN = "a-planted-token-7391"
SETTINGS: dict[str, dict[str, str]] = {
    "jira": {"user": "reports@acme.example", "story_points": "customfield_10016"},
    "zendesk": {"user": "reports@acme.example"},
    "asana": {"workspace": asana.WORKSPACE, "statuses": "{Doing: in_progress}"},
}


class Company:
    """A portfolio's folder and home, and its tools."""

    def __init__(self, folder: Path, tools: dict[str, Fake]) -> None:
        self.portfolio, self.home, self.tools = folder / "mine", folder / "home", tools
        self.portfolio.mkdir()
        (self.portfolio / "portfolio.yml").write_text("name: mine\ntitle: Mine\nreporting_currency: EUR\n")

    def say(self, *arguments: str) -> Said:
        return outcomes(*arguments, home=self.home, portfolio=self.portfolio)

    def figure(self, name: str) -> Any:
        """A metric's value over all time, for all."""
        ((value,),) = read(
            served(self.home / "mine"),
            f"""select value from metrics.fct_metric_values
            where metric_name = '{name}' and grain = 'all' and dimension_name = 'total'""",
        )
        return value


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Company]:
    fakes: dict[str, Fake] = {"jira": jira.FakeJira(), "zendesk": zendesk.FakeZendesk(), "asana": asana.FakeAsana()}
    with ExitStack() as stack:
        for name, fake in fakes.items():
            monkeypatch.setenv(f"OUTCOMES_{name.upper()}_TOKEN", TOKEN)
            stack.enter_context(running(fake))
        yield Company(tmp_path, fakes)


def test_from_connect_to_the_page_and_on(company: Company) -> None:
    for name, given in SETTINGS.items():
        settings = {"url": company.tools[name].url} | given
        said = company.say(
            "connect", name, "--type", name, *(p for k, v in settings.items() for p in ("--set", f"{k}={v}"))
        )
        assert said.exit_code == 0, said.err

    assert company.say("refresh").exit_code == 0
    home = company.home / "mine"
    # three of ten issues are done, two of seven tasks; four of seven ratings are good
    assert company.figure("delivered") == 5
    assert company.figure("csat") == pytest.approx(4 / 7)
    # one of two key results is counted by what was made
    assert company.figure("outcome_key_result_share") == 0.5
    first = versions(home)
    assert "Deliverables delivered" in (home / "index.html").read_text()

    # nothing changed at the tools
    assert company.say("refresh").exit_code == 0
    assert {name: len(list(home.glob(f"pulls/{name}/*/pull.json"))) for name in SETTINGS} == dict.fromkeys(SETTINGS, 2)

    # an issue is added, one is done again, a task is completed, ratings come in
    for fake in company.tools.values():
        fake.change(datetime.now(UTC) - timedelta(minutes=1))  # type: ignore[attr-defined]
    assert company.say("refresh").exit_code == 0
    assert versions(home)[-1] > first[-1]
    assert company.figure("delivered") == 6

    for path in company.home.rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert TOKEN.encode() not in data, path

    asked = {name: len(fake.requests) for name, fake in company.tools.items()}
    assert company.say("refresh", "--no-fetch").exit_code == 0
    assert {name: len(fake.requests) for name, fake in company.tools.items()} == asked

    # a tool that is down: its last pull is used, and said
    company.tools["zendesk"].faults = {0: "401"}
    said = company.say("refresh")
    assert said.exit_code == 0
    assert (
        "source zendesk could not be fetched" in said.out + said.err and "the token was refused" in said.out + said.err
    )


def test_while_a_tool_is_away_its_last_pull_is_used_and_everybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_DESK_TOKEN", TOKEN)
    company = Company(tmp_path, {})
    home, settings = company.home / "mine", company.portfolio / "portfolio.yml"
    head = settings.read_text()

    def at(url: str, more: str = "") -> None:
        declared = f"  - {{name: desk, type: zendesk, url: '{url}', user: me@acme.example, patience: 00:00:01{more}}}\n"
        settings.write_text(f"{head}sources:\n{declared}")

    with running(zendesk.FakeZendesk()) as desk:
        at(desk.url)
        assert company.say("refresh").exit_code == 0
        assert "could not be fetched" not in (home / "index.html").read_text()
    figure, first = company.figure("csat"), versions(home)

    # its server is gone
    said = company.say("refresh")
    assert (said.exit_code, versions(home)) == (0, first), said.err
    assert company.figure("csat") == figure
    last = last_refresh(home)
    assert last is not None
    (trouble,) = last["sources"]
    assert (trouble["source"], trouble["step"]) == ("desk", "fetch") and trouble["seen_at"]
    assert "desk could not be fetched: its figures are of" in (home / "index.html").read_text()
    status = " ".join(company.say("status").out.split())
    assert "source desk could not be fetched." in status and "Source desk: not fetched; what is used was seen" in status
    doctor = " ".join(company.say("doctor").out.split())
    assert "the last refresh could not fetch it. Next: " in doctor

    # what was fetched is too old
    at(desk.url, ", stale_after: 0 days")
    said = company.say("refresh")
    assert (said.exit_code, versions(home)) == (1, first)
    page = (home / "index.html").read_text()
    assert "The last refresh was not published" in page and "longer than stale_after" in page
    assert "Last refresh: failed" in company.say("status").out

    # it is back, elsewhere
    with running(zendesk.FakeZendesk()) as desk:
        at(desk.url)
        assert company.say("refresh").exit_code == 0
    last = last_refresh(home)
    assert last is not None and last["sources"] == []
    assert "could not be fetched" not in (home / "index.html").read_text()
    assert "not fetched" not in company.say("status").out
