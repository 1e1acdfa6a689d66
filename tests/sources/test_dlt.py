"""Sources of the type dlt, read from a server on this machine. Skipped only where the extra isn't installed."""

import gzip
import json
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sources.config import LandingRules
from sources.connectors import Declared
from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.fetch import fetch, session
from sources.fetching.secrets import Secrets
from sources.landing import Landed, land_source
from sources.others.dlt import DltSource
from tests.sources.fakes.server import Fake, Refused, Request, running

pytest.importorskip("dlt")
TOKEN = "a-planted-token-7391"
MAPPING = """select getvariable('source') || ':' || id as customer_id, country as region, left(created, 10) as since_date,
    _file, _record from raw.accounts"""


class Crm(Fake):
    """Accounts, by offset."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = {
            n: {"id": n, "country": "DE", "created": "2025-01-02T00:00:00Z", "Tags": []} for n in range(1, 6)
        }

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, {"message": f"no {request.headers.get('authorization')}"})
        start = int(request.first("offset", "0"))
        return {"items": list(self.accounts.values())[start : start + 2], "total": len(self.accounts)}, {}


def listed(token: str) -> Iterator[dict[str, Any]]:
    """A source as a function of an installed package."""
    yield {"id": token[:1], "country": "CH"}


class Connected:
    def __init__(self, crm: Crm, folder: Path, token: str = TOKEN) -> None:
        endpoint = {"path": "accounts", "data_selector": "items"}
        endpoint |= {"paginator": {"type": "offset", "limit": 2, "total_path": "total"}}
        self.crm, self.folder, self.home, self.now = crm, folder, folder / "home", datetime(2025, 6, 1, tzinfo=UTC)
        self.declared: dict[str, Any] = {
            "name": "crm",
            "type": "dlt",
            "feeds": ["customers"],
            "tables": {"accounts": ["id", "country", "created"]},
            "rest_api": {
                "client": {"base_url": f"{crm.url}/", "auth": {"type": "bearer", "token": "$token"}},
                "resources": [{"name": "accounts", "endpoint": endpoint}],
            },
        }
        self.token = token
        feeds = folder / "portfolio" / "feeds" / "crm"
        feeds.mkdir(parents=True, exist_ok=True)
        (feeds / "customers.sql").write_text(MAPPING)

    @property
    def source(self) -> DltSource:
        found = TypeAdapter(Declared).validate_python(self.declared)
        assert isinstance(found, DltSource)
        return found

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.source, self.home, {"OUTCOMES_CRM_TOKEN": self.token})

    def fetch(self) -> pulls.Sealed:
        self.now += timedelta(days=1)
        return fetch(self.home, self.source, self.secrets, self.now)

    def land(self) -> list[Landed]:
        rules = LandingRules(currencies=frozenset({"EUR"}), deleted_fail_share=0.5)
        return land_source(self.folder / "portfolio", self.home, self.source, rules, b"k" * 32, self.now)


@pytest.fixture
def crm(tmp_path: Path) -> Generator[Connected]:
    with running(Crm()) as fake:
        assert isinstance(fake, Crm)
        yield Connected(fake, tmp_path)


def test_a_rest_api_is_pulled_whole_and_lands(crm: Connected) -> None:
    pull = crm.fetch()

    with gzip.open(pull.folder / "accounts.jsonl.gz", "rt") as file:
        assert [json.loads(line) for line in file] == list(crm.crm.accounts.values())
    assert pull.kind == "snapshot"
    assert [(landed.feed, landed.counts["landed_rows"]) for landed in crm.land()] == [("customers", 5)]

    assert crm.fetch().rows == {"accounts": 5}
    assert crm.land()[-1].counts["landed_rows"] == 5

    del crm.crm.accounts[3]
    assert crm.fetch().rows == {"accounts": 4}
    assert crm.land()[-1].counts["landed_rows"] == 4
    for path in crm.home.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()


def test_a_source_that_refuses_leaves_no_pull_and_no_secret_in_the_message(crm: Connected) -> None:
    crm.token = "another-planted-token"

    with pytest.raises(LandingError, match=r"source crm: dlt could not read it: .*401.*To fix: ") as error:
        crm.fetch()
    assert crm.token not in str(error.value)
    assert pulls.sealed(crm.home, "crm") == []


def test_a_killed_pull_doubles_nothing(crm: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pulls.Pull, "finish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            crm.fetch()

    assert crm.fetch().rows == {"accounts": 5}


def test_a_function_of_an_installed_package_may_be_the_source(crm: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    del crm.declared["rest_api"]
    crm.declared |= {"function": "tests.sources.test_dlt:listed", "arguments": {"token": "$token"}}

    assert crm.fetch().rows == {"accounts": 1}


def test_connect_says_what_can_be_read(crm: Connected) -> None:
    api = session(crm.source, crm.secrets)

    assert crm.source.counts(api) == {"accounts": "can be read"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"function": "a:b"}, "exactly one of rest_api and function"),
        ({"rest_api": None}, "exactly one of rest_api and function"),
        ({"feeds": None}, "feeds: it is required"),
        ({"tables": {}}, "at least 1"),
        ({"rest_api": {"client": {"auth": {"token": "x"}}}}, "token: secrets don't belong in this file; write .token"),
        ({"token": "x"}, "secrets don't belong in this file"),
    ],
)
def test_what_is_missing_is_said(crm: Connected, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Declared).validate_python(crm.declared | changes)
