"""Sign-in by OAuth: access tokens that end during a pull, refresh tokens that change with each use."""

import json
from collections.abc import Generator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sources.errors import LandingError
from sources.fetching import oauth, pulls
from sources.fetching.secrets import FOLDER, Secrets
from sources.fetching.source import OAuthSource
from tests.sources.fakes.server import FIRST_REFRESH_TOKEN, OAuthFake
from tests.sources.test_connectors import SECRET, TOOLS, Connected, assert_whole, connect

OAUTH = [tool for tool in TOOLS if issubclass(tool.source, OAuthSource)]


@pytest.fixture(params=OAUTH, ids=[tool.source.__name__ for tool in OAUTH])
def connected(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Connected]:
    with connect(request.param, tmp_path / "home") as found:
        yield found


def fake_of(connected: Connected) -> OAuthFake:
    assert isinstance(connected.fake, OAuthFake)
    return connected.fake


def source_of(connected: Connected) -> OAuthSource:
    assert isinstance(connected.source, OAuthSource)
    return connected.source


def kept(connected: Connected) -> str:
    return json.loads((connected.home / FOLDER / "src.json").read_text())["refresh_token"]


def test_a_token_that_ends_is_renewed_and_nothing_is_lost(connected: Connected) -> None:
    fake_of(connected).outlived, fake_of(connected).forgets = 2, True

    assert_whole(connected, connected.fetch())
    assert len(fake_of(connected).refresh_tokens) > 3
    assert_whole(connected, connected.fetch(full=True))


def test_the_new_refresh_token_is_kept_before_anything_is_asked(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Secrets, "keep", full)

    with pytest.raises(OSError, match="no space"):
        connected.fetch()
    assert [request.path for request in connected.fake.requests] == ["/token"]


def test_the_kept_refresh_token_comes_before_the_environments(connected: Connected) -> None:
    fake_of(connected).forgets = True

    connected.fetch()
    assert kept(connected) == fake_of(connected).refresh_tokens[-1] != FIRST_REFRESH_TOKEN
    assert (connected.home / FOLDER / "src.json").stat().st_mode & 0o077 == 0
    connected.fetch()  # the environment still has the first one


def test_a_refused_refresh_token_says_how_to_sign_in_again(connected: Connected) -> None:
    fake_of(connected).refresh_tokens = ["another"]

    with pytest.raises(LandingError, match="outcomes connect src signs in again") as error:
        connected.fetch()
    assert FIRST_REFRESH_TOKEN not in str(error.value) and SECRET not in str(error.value)
    assert pulls.sealed(connected.home, "src") == []


def test_a_consent_gives_the_first_refresh_token(connected: Connected) -> None:
    source = source_of(connected)
    asked = parse_qs(urlsplit(oauth.consent(source, "a-state")).query)
    assert asked["client_id"] == ["app"] and asked["state"] == ["a-state"] and asked["scope"] == [source.scopes]

    oauth.redeem(source, connected.secrets, "a-code", connected.slept.append)

    assert kept(connected) == fake_of(connected).refresh_tokens[-1]
