"""Fetching from tools: faults, kills, increments and deletions, the same tests for every connector."""

import gzip
import json
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.config import LandingRules
from sources.connectors import VENDORS
from sources.errors import LandingError
from sources.feedback.intercom import IntercomSource
from sources.feedback.posthog import PostHogSource
from sources.feedback.typeform import TypeformSource
from sources.feedback.zendesk import ZendeskSource
from sources.fetching import api, pulls
from sources.fetching.fetch import fetch
from sources.fetching.secrets import FOLDER, Secrets
from sources.fetching.source import ApiSource, Page, Window
from sources.finance.quickbooks import QuickBooksSource
from sources.finance.stripe import StripeSource
from sources.finance.xero import XeroSource
from sources.landing import Landed, land_source
from sources.preview import unmapped_names
from sources.tasks.asana import AsanaSource
from sources.tasks.azure_devops import AzureDevOpsSource
from sources.tasks.github import GitHubSource
from sources.tasks.gitlab import GitLabSource
from sources.tasks.jira import JiraSource
from sources.tasks.linear import LinearSource
from tests.sources.fakes import (
    asana,
    azure_devops,
    github,
    gitlab,
    intercom,
    jira,
    linear,
    posthog,
    quickbooks,
    stripe,
    typeform,
    xero,
    zendesk,
)
from tests.sources.fakes.server import FATAL, FIRST_REFRESH_TOKEN, PASSING, Fake, Request, running

SECRET = "a-planted-token-7391"
START = datetime(2025, 6, 1, tzinfo=UTC)
KEY = b"k" * 32


class Tool(NamedTuple):
    """How one connector is tested."""

    source: type[ApiSource]
    fake: Callable[[], Any]
    settings: dict[str, Any]
    recorded: Callable[[], dict[str, list[Any]]] | None  # records of real accounts, by stream
    unchanged: set[str]  # feeds whose streams are read whole each time
    unused: set[str]  # feeds for which the fake has no row, so that nothing lands
    identity: dict[str, str]  # stream: the member that identifies a record, where it isn't id


TOOLS = [
    Tool(
        JiraSource,
        jira.FakeJira,
        {"user": "reports@acme.example", "story_points": "customfield_10016"},
        jira.recorded,
        {"releases", "teams", "time_entries"},
        {"initiatives"},
        {"changelogs": "issueId"},
    ),
    Tool(
        GitHubSource,
        github.FakeGitHub,
        {"repositories": ["acme/web", "acme/api"]},
        github.recorded,
        {"releases"},
        set(),
        {},
    ),
    Tool(
        AzureDevOpsSource,
        azure_devops.FakeAzureDevOps,
        {"organization": "acme", "estimate": "Points"},
        None,
        set(),
        set(),
        {"types": "name", "categories": "referenceName"},
    ),
    Tool(LinearSource, linear.FakeLinear, {}, None, {"initiatives", "objectives", "teams"}, set(), {}),
    Tool(
        GitLabSource,
        gitlab.FakeGitLab,
        {"projects": ["acme/web", "acme/api"], "statuses": {"doing": "in_progress"}},
        gitlab.recorded,
        {"time_entries", "releases"},
        set(),
        {"releases": "tag_name"},
    ),
    Tool(
        AsanaSource,
        asana.FakeAsana,
        {"workspace": asana.WORKSPACE, "estimate": "Points", "statuses": {"Doing": "in_progress"}},
        None,
        {"initiatives", "teams", "objectives", "key_results", "key_result_checkins", "outcome_links"},
        set(),
        dict.fromkeys(("projects", "tasks", "stories", "goals", "project_goals"), "gid"),
    ),
    Tool(StripeSource, stripe.FakeStripe, {}, stripe.recorded, set(), set(), {}),
    Tool(
        XeroSource,
        xero.FakeXero,
        {"client_id": "app", "sign_in_url": "{url}/token", "organisation": xero.TENANT, "teams": {"North": "jira:ABC"}},
        xero.recorded,
        {"accounts"},
        set(),
        {"journals": "JournalID", "accounts": "AccountID", "organisations": "OrganisationID"},
    ),
    Tool(
        QuickBooksSource,
        quickbooks.FakeQuickBooks,
        {
            "client_id": "app",
            "sign_in_url": "{url}/token",
            "company": quickbooks.COMPANY,
            "teams": {"North": "jira:ABC"},
        },
        None,
        {"accounts", "ledger_entries"},
        set(),
        {"postings": "row", "accounts": "Id"},
    ),
    Tool(IntercomSource, intercom.FakeIntercom, {}, intercom.recorded, set(), set(), {}),
    Tool(
        TypeformSource,
        typeform.FakeTypeform,
        {"questions": typeform.QUESTIONS, "customer": "account"},
        None,
        set(),
        set(),
        {"responses": "token"},
    ),
    Tool(PostHogSource, posthog.FakePostHog, {"project": posthog.PROJECT}, None, {"products"}, set(), {"use": "day"}),
    Tool(ZendeskSource, zendesk.FakeZendesk, {"user": "reports@acme.example"}, None, set(), set(), {}),
]
NAMES = [tool.source.model_fields["type"].annotation.__args__[0] for tool in TOOLS]  # type: ignore[union-attr]


class Connected:
    """A source, its fake, and a home."""

    def __init__(self, tool: Tool, fake: Fake, home: Path) -> None:
        self.tool, self.fake, self.home, self.now = tool, fake, home, START
        self.slept: list[float] = []
        own = {k: v.replace("{url}", fake.url) if isinstance(v, str) else v for k, v in tool.settings.items()}
        self.source = tool.source.model_validate(
            {"type": NAMES[TOOLS.index(tool)], "name": "src", "url": fake.url, "patience": 120} | own
        )
        planted = {tool.source.secret: SECRET, "refresh_token": FIRST_REFRESH_TOKEN}
        self.secrets = Secrets(self.source, home, {self.source.variable("src", k): v for k, v in planted.items()})

    def fetch(self, full: bool = False) -> pulls.Sealed:
        self.now += timedelta(days=1)
        return fetch(self.home, self.source, self.secrets, self.now, full=full, sleep=self.slept.append)

    def land(self) -> list[Landed]:
        portfolio = self.home.parent / "portfolio"
        portfolio.mkdir(exist_ok=True)
        rules = LandingRules(currencies=frozenset({"EUR", "USD", "JPY", "NZD"}), deleted_fail_share=0.5)
        return land_source(portfolio, self.home, self.source, rules, KEY, self.now)

    def loads(self, feed: str) -> int:
        return len(list(self.home.glob(f"landing/{feed}/source=src/load=*")))

    def rows(self, feed: str) -> list[tuple[Any, ...]]:
        """The current rows of a feed, as staging chooses them: of each key the newest, unless a snapshot lacks it."""
        import duckdb

        from sources import loads
        from sources.contracts import load_contracts

        listed = sorted(loads.of_source(self.home, "src", feed), key=lambda load: load["observed_at"])
        newest = max((n for n, load in enumerate(listed) if load["kind"] == "snapshot"), default=0)
        keys = ", ".join(column.name for column in load_contracts()[feed].keys)
        names = ", ".join(column.name for column in load_contracts()[feed].columns)
        parts = " union all by name ".join(
            f"select *, {n} as nth from read_parquet('{loads.load_folder(self.home, feed, 'src', load['load_id'])}/*.parquet', hive_partitioning=false)"
            for n, load in list(enumerate(listed))[newest:]
        )
        return duckdb.sql(
            f"select {names} from ({parts}) qualify row_number() over (partition by {keys} order by nth desc) = 1 order by all"
        ).fetchall()


def records(pull: pulls.Sealed, stream: str) -> list[dict[str, Any]]:
    with gzip.open(pull.folder / f"{stream}{pulls.SUFFIX}", "rt") as file:
        return [json.loads(line) for line in file]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob(f"*{pulls.SUFFIX}")}


@contextmanager
def connect(tool: Tool, home: Path) -> Generator[Connected]:
    with running(tool.fake()) as fake:
        yield Connected(tool, fake, home)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few records fill many pages, and nobody waits for the disk."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("sources.tasks.jira.AT_ONCE", 2)


@pytest.fixture(params=TOOLS, ids=NAMES)
def connected(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Connected]:
    with connect(request.param, tmp_path / "home") as found:
        yield found


def assert_whole(connected: Connected, pull: pulls.Sealed) -> None:
    """The pull holds the fake's records, no more and no fewer, and nothing was asked or answered against the description."""
    for stream in connected.source.streams:
        member = connected.tool.identity.get(stream.name, "id")
        assert {
            str(record.get("record", record)[member]) for record in records(pull, stream.name)
        } == connected.fake.truth(stream.name), stream.name
    assert connected.fake.wrong == []


def test_every_connector_is_tested() -> None:
    assert {tool.source for tool in TOOLS} == set(VENDORS)


def test_a_connector_stays_small() -> None:
    lines = {
        name: sum(len(path.read_text().splitlines()) for path in tool.source.folder.rglob("*.py"))
        for name, tool in zip(NAMES, TOOLS, strict=True)
    }
    assert {name: count for name, count in lines.items() if count > 150} == {}


def test_a_pull_holds_every_record_and_is_sealed(connected: Connected) -> None:
    pull = connected.fetch()

    assert_whole(connected, pull)
    assert pull.kind == "snapshot"
    assert {path.stat().st_mode & 0o777 for path in pull.folder.iterdir()} == {0o400}
    assert (pulls.folder_of(connected.home, "src").stat().st_mode & 0o077) == 0
    assert not (pull.folder.parent / pulls.OPEN).exists()


def test_progress_is_said_while_pages_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.fetching.fetch.SAY_EVERY", 0.0)
    said: list[str] = []
    with connect(TOOLS[NAMES.index("jira")], tmp_path / "home") as jira_site:
        pull = fetch(jira_site.home, jira_site.source, jira_site.secrets, START, say=said.append)
    counted = [int(found[1]) for line in said if (found := re.search(r"^src: .*?(\d+) issues.*, 0 min$", line))]
    assert counted == sorted(counted) and counted[0] < counted[-1] == pull.rows["issues"]
    assert SECRET not in "".join(said)


@pytest.mark.parametrize("first", [0, 4])
def test_faults_that_pass_cost_nothing(connected: Connected, first: int) -> None:
    connected.fake.faults = {2 * n + 1: PASSING[(first + n) % len(PASSING)] for n in range(20)}

    assert_whole(connected, connected.fetch())
    told = [wait for wait in connected.slept if wait >= 6]  # 7 and 9 seconds, and less than one of chance
    assert told or first  # the first of all is a 429
    assert max(connected.slept) <= 10


@pytest.mark.parametrize(("fault", "said"), FATAL.items())
def test_a_fault_that_stays_stops_the_pull(connected: Connected, fault: str, said: str) -> None:
    if fault in connected.fake.impossible:
        return
    connected.fetch()
    connected.fake.faults = {0: fault}

    with pytest.raises(LandingError) as error:
        connected.fetch(full=True)

    text = str(error.value)
    assert said in text or (fault in ("no token", "token twice", "another shape") and "API" in text)
    assert "To fix:" in text and SECRET not in text and FIRST_REFRESH_TOKEN not in text and "src" in text
    assert len(pulls.sealed(connected.home, "src")) == 1
    assert_nowhere(connected.home)


def test_rights_that_end_in_the_middle_keep_what_was_fetched(connected: Connected, tmp_path: Path) -> None:
    whole = connected.fetch()
    other = Connected(connected.tool, connected.fake, tmp_path / "other")
    asked = len(connected.fake.requests)
    connected.fake.faults = dict.fromkeys(range(asked + asked // 2 + 1, 3 * asked), "401")

    with pytest.raises(LandingError, match=FATAL["401"]):
        other.fetch()
    connected.fake.faults = {}
    again = len(connected.fake.requests)
    other.now -= timedelta(days=1)
    assert contents(other.fetch().folder) == contents(whole.folder)
    assert len(connected.fake.requests) - again < asked


def test_an_answer_that_does_not_come_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TIMEOUT", (10, 0.2))
    with connect(TOOLS[NAMES.index("jira")], tmp_path / "home") as jira_site:
        jira_site.fake.faults = {3: "stalls"}
        pull = jira_site.fetch()
        assert_whole(jira_site, pull)
        assert pull.seal["retries"] == 1


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.dictionaries(st.integers(1, 25), st.sampled_from(PASSING), max_size=12))
@pytest.mark.parametrize("tool", TOOLS, ids=NAMES)
def test_whatever_passes_no_record_is_lost(
    tool: Tool, tmp_path_factory: pytest.TempPathFactory, plan: dict[int, str]
) -> None:
    with connect(tool, tmp_path_factory.mktemp("home")) as connected:
        connected.fake.faults = plan
        assert_whole(connected, connected.fetch())


class Killed(BaseException):
    """Stands for a kill: nothing of the fetch's own code runs after it."""


@pytest.mark.long
@pytest.mark.parametrize("points", [4, pytest.param(0, marks=pytest.mark.slow)], ids=["some", "all"])
def test_killed_at_any_request_and_continued_the_files_are_the_same(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, points: int
) -> None:
    whole = connected.fetch()
    asked = len(connected.fake.requests)
    once = api.Api._once

    for last in range(1, asked, max(1, asked // points) if points else 1):
        other = Connected(connected.tool, connected.fake, tmp_path / str(last))
        other.fake.requests.clear()

        def until(self: api.Api, *args: Any, last: int = last, fake: Fake = other.fake) -> Any:
            if len(fake.requests) >= last:
                raise Killed
            return once(self, *args)

        with monkeypatch.context() as patch:
            patch.setattr(api.Api, "_once", until)
            with pytest.raises(Killed):
                other.fetch()
        left = pulls.folder_of(other.home, "src") / pulls.OPEN
        for path in left.glob(f"*{pulls.SUFFIX}"):  # a page that was being written
            path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08torn")
        assert contents(other.fetch().folder) == contents(whole.folder), last


def test_killed_between_a_last_page_and_its_end_no_record_comes_twice(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole, other, killed = connected.fetch(), Connected(connected.tool, connected.fake, tmp_path / "other"), set[str]()
    finish = pulls.Pull.finish

    def until(self: pulls.Pull, stream: str, **facts: Any) -> None:
        if stream not in killed:
            killed.add(stream)
            raise Killed
        finish(self, stream, **facts)

    monkeypatch.setattr(pulls.Pull, "finish", until)
    for _ in connected.source.streams:
        with pytest.raises(Killed):
            other.fetch()
        other.now -= timedelta(days=1)
    assert contents(other.fetch().folder) == contents(whole.folder)


@pytest.mark.long
@pytest.mark.parametrize("connected", TOOLS, ids=NAMES, indirect=True)
def test_increments_give_the_rows_of_a_snapshot_and_a_deletion_leaves_with_the_next(
    connected: Connected, tmp_path: Path
) -> None:
    connected.fetch()
    first = connected.land()
    feeds = {result.feed for result in first}
    mapped = {path.name.split(".")[0] for path in (connected.source.folder / "feeds").glob("*.sql")}
    assert feeds == mapped - connected.tool.unused
    assert {result.feed: result.counts for result in first if result.counts["quarantined_rows"]} == {}
    loads = {feed: connected.loads(feed) for feed in feeds}
    before = {feed: connected.rows(feed) for feed in feeds}

    # two runs add nothing, and where nothing changed there is no load
    connected.now += timedelta(days=1)
    assert connected.fetch().kind == "increment"
    connected.land()
    readings = set(connected.source.readings)  # each pull adds its own
    assert {feed: connected.rows(feed) for feed in feeds - readings} == {f: before[f] for f in feeds - readings}
    records = connected.tool.unchanged
    assert {feed for feed in feeds if connected.loads(feed) > loads[feed]} == records

    connected.fake.change(connected.now + timedelta(hours=1))
    assert connected.fetch().kind == "increment"
    connected.land()
    fresh = Connected(connected.tool, connected.fake, tmp_path / "fresh" / "home")
    fresh.home.parent.mkdir()
    fresh.now = connected.now
    fresh.fetch()
    fresh.land()
    after = {feed: connected.rows(feed) for feed in feeds}
    assert {feed: after[feed] for feed in feeds - readings} == {feed: fresh.rows(feed) for feed in feeds - readings}
    assert after != before

    feed = connected.fake.delete()
    connected.fetch()
    connected.now += timedelta(days=7)
    assert connected.fetch().kind == "snapshot"
    connected.land()
    assert len(connected.rows(feed)) < len(after[feed])
    assert all(len(connected.rows(feed)) > len(after[feed]) > len(before[feed]) for feed in readings)
    assert {result.outcome for result in connected.land()} <= {"unchanged"}
    assert_nowhere(connected.home)


@pytest.mark.long
def test_records_that_move_and_come_while_pages_are_read_are_not_lost(connected: Connected, tmp_path: Path) -> None:
    connected.fetch()
    at = len(connected.fake.requests) + 3  # the first asks for the scope
    handle = connected.fake.handle

    def moved(request: Request) -> tuple[int, bytes, dict[str, str]]:
        if len(connected.fake.requests) == at:
            connected.fake.change(connected.now + timedelta(minutes=1))
        return handle(request)

    connected.fake.handle = moved  # type: ignore[method-assign]
    connected.fetch(full=True)
    assert len(connected.fake.requests) > at
    connected.fetch()
    connected.land()

    fresh = Connected(connected.tool, connected.fake, tmp_path / "fresh" / "home")
    fresh.home.parent.mkdir()
    fresh.now = connected.now
    fresh.fetch()
    feeds = {result.feed for result in fresh.land()} - set(connected.source.readings)
    assert {feed: connected.rows(feed) for feed in feeds} == {feed: fresh.rows(feed) for feed in feeds}


def assert_nowhere(home: Path) -> None:
    """No file below a home holds a secret, but the one for those that change."""
    for path in home.rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert SECRET.encode() not in data, path
            assert FIRST_REFRESH_TOKEN.encode() not in data or path.parent.name == FOLDER, path


def test_records_of_real_accounts_go_through_the_mappings(connected: Connected) -> None:
    if connected.tool.recorded is None:
        return
    found = connected.tool.recorded()
    window = Window("snapshot", START, None)
    names = [stream.name for stream in connected.source.streams]
    pull = pulls.Pull.begin(connected.home, "src", window, names, fingerprint="", scope=[])
    pull.add(names[0], Page({name: [json.dumps(record).encode() for record in found.get(name, [])] for name in names}))
    pull.seal(START)

    landed = {result.feed: result.counts for result in connected.land()}

    assert {feed: counts["quarantined_rows"] for feed, counts in landed.items() if counts["quarantined_rows"]} == {}
    assert any(counts["landed_rows"] for counts in landed.values())


# what the fakes' records name, counted by hand: of seven tasks every third stayed in Backlog and every third is complete
UNMAPPED = {
    AsanaSource: [("custom fields", "Points", 7), ("statuses", "Doing", 3), ("statuses", "Backlog", 2)],
    GitLabSource: [("statuses", "bug", 8), ("statuses", "doing", 6)],
    XeroSource: [("teams, initiatives, products", "North", 8)],
    QuickBooksSource: [("teams, initiatives, products", "North", 12)],
    TypeformSource: [("questions", "xYz2: q-ease", 5)],
}


def test_names_that_the_settings_say_nothing_of_are_counted(connected: Connected) -> None:
    assert unmapped_names(connected.home, connected.source) == []
    connected.fetch()
    found, source = UNMAPPED.get(connected.tool.source, []), connected.source
    without = {"statuses": {}, "teams": {}, "estimate": None}
    bare = source.model_copy(update={name: v for name, v in without.items() if name in type(source).model_fields})
    assert unmapped_names(connected.home, bare) == found
    left = [one for one in found if one[1] not in ("Points", "Doing", "doing", "North")]  # TOOLS' settings name these
    assert unmapped_names(connected.home, source) == left


def test_a_scope_that_shrank_is_refused(connected: Connected) -> None:
    connected.fetch()
    lost = connected.fake.lose_scope()

    with pytest.raises(LandingError, match=f"{lost} was visible at the last pull"):
        connected.fetch()


def test_pulls_from_the_last_snapshot_but_one_on_are_kept(tmp_path: Path) -> None:
    with connect(TOOLS[NAMES.index("linear")], tmp_path / "home") as connected:
        pulled = [connected.fetch(full=full) for full in (True, False, True, False, True, False)]
        connected.land()
        assert [pull.folder for pull in pulls.sealed(connected.home, "src")] == [pull.folder for pull in pulled[2:]]


def test_a_next_page_on_another_host_is_refused(tmp_path: Path) -> None:
    with connect(TOOLS[NAMES.index("github")], tmp_path / "home") as connected:
        answer = connected.fake.answer

        def elsewhere(request: Request) -> tuple[Any, dict[str, str]]:
            body, headers = answer(request)
            return body, {name: text.replace("127.0.0.1", "localhost") for name, text in headers.items()}

        connected.fake.answer = elsewhere  # type: ignore[method-assign]
        with pytest.raises(LandingError, match="the next page is said to be on another host, localhost"):
            connected.fetch()


@pytest.mark.parametrize("url", ["http://acme.example", "https://user@acme.example", "https://acme.example/?a=b"])
def test_an_address_that_a_token_may_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"it must be(gin with https://| an address without user)"):
        LinearSource.model_validate({"type": "linear", "name": "src", "url": url})
