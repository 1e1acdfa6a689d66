"""OAuth 2: access tokens that end soon, and refresh tokens that change with each use and must not be lost."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode, urlsplit

import msgspec

from sources.errors import LandingError
from sources.fetching.api import Api, RefusedError
from sources.fetching.secrets import Secrets
from sources.fetching.source import OAuthSource, basic

REFRESH = "refresh_token"


class Granted(msgspec.Struct):
    """What a vendor grants: a token to ask with, and what to ask for the next one with."""

    access_token: str
    refresh_token: str | None = None


def access(source: OAuthSource, secrets: Secrets, sleep: Callable[[float], None]) -> str:
    """A new access token. The refresh token that comes with it is on the disk before this returns."""
    if source.is_its_own_user:
        return _ask(source, secrets, sleep, grant_type="client_credentials", scope=source.scopes)
    return _ask(source, secrets, sleep, grant_type=REFRESH, refresh_token=secrets.get(REFRESH))


def redeem(source: OAuthSource, secrets: Secrets, code: str, sleep: Callable[[float], None]) -> None:
    """Keep the refresh token that the code of a consent gives."""
    _ask(source, secrets, sleep, grant_type="authorization_code", code=code, redirect_uri=source.redirect_url)


def consent(source: OAuthSource, state: str) -> str:
    """The address at which a person consents; it then leads to `redirect_url` with a code and this state."""
    return f"{source.consent_url}?" + urlencode({
        "response_type": "code", "client_id": source.client_id, "redirect_uri": source.redirect_url,
        "scope": source.scopes, "state": state,
    })  # fmt: skip


def _ask(source: OAuthSource, secrets: Secrets, sleep: Callable[[float], None], **grant: str) -> str:
    parts, secret = urlsplit(source.sign_in_url), secrets.get(source.secret)
    headers = basic(source.client_id, secret)
    hidden = (secret, *(grant[name] for name in (REFRESH, "code") if name in grant))
    patience = source.patience.total_seconds()
    api = Api(source.name, f"{parts.scheme}://{parts.netloc}", headers, patience=patience, hidden=hidden, sleep=sleep)
    try:
        found: Granted = api.call(partial(msgspec.json.decode, type=Granted), "POST", parts.path, data=grant).body
    except RefusedError as error:
        again = f"outcomes connect {source.name} signs in again; check `client_id` and the {source.secret}."
        raise LandingError(error.what, error.where, again) from None
    if found.refresh_token:
        secrets.keep(REFRESH, found.refresh_token)
    return found.access_token
