"""Fetch one source: decide what to ask for, walk its streams, seal the pull."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import time as clock
from functools import partial
from pathlib import Path

from sources.errors import LandingError
from sources.fetching import oauth, pulls
from sources.fetching.api import Api
from sources.fetching.secrets import Secrets
from sources.fetching.source import ApiSource, OAuthSource, Window

SAY_EVERY = 10.0  # seconds


def fetch(
    home: Path,
    source: ApiSource,
    secrets: Secrets,
    now: datetime,
    *,
    full: bool = False,
    say: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> pulls.Sealed:
    """Pull a source, or go on with a pull that was left open. `now` is aware.

    Raises LandingError; what was fetched until then is kept, and the next fetch goes on from there.
    """
    pulls.finish_sealing(home, source.name)
    if (copied := source.pull(home, now, full=full, say=say)) is not None:
        return copied
    api = session(source, secrets, sleep)
    pull = pulls.Pull.left(home, source.name, source.fingerprint, now)
    scope = _scope(home, source, api)
    if pull is None or (full and pull.window.kind != "snapshot"):
        names = [stream.name for stream in source.streams]
        pull = pulls.Pull.begin(
            home, source.name, _window(home, source, now, full), names,
            fingerprint=source.fingerprint, scope=scope,
        )  # fmt: skip
    before = {name: pull.state[name] for name in ("calls", "retries", "waited")}
    told = started = time.monotonic()
    for stream in source.streams:
        if stream.name in pull.state["done"]:
            continue
        at = pull.state["at"] if pull.state["stream"] == stream.name else None
        is_whole = pull.state["stream"] == stream.name and at is None  # killed between its last page and its end
        for page in stream.walk(api, source, pull.window, at) if stream.walk and not is_whole else ():
            pull.add(stream.name, page)
            if time.monotonic() - told >= SAY_EVERY:
                told = time.monotonic()
                say(f"{described(source.name, pull.state['rows'])}, {(told - started) / 60:.0f} min")
        counted = {name: round(before[name] + getattr(api, name), 1) for name in before}
        pull.finish(stream.name, **counted)
    return pull.seal(datetime.now(UTC))


def session(source: ApiSource, secrets: Secrets, sleep: Callable[[float], None] = time.sleep) -> Api:
    """The HTTP session of a source."""
    secret = secrets.get(source.secret) if source.needs_secret else secrets.find(source.secret) or ""
    hidden, patience = (secret,) if secret else (), source.patience.total_seconds()
    api = Api(source.name, source.url, source.headers(secret), patience=patience, hidden=hidden, sleep=sleep)
    if isinstance(source, OAuthSource):
        api.renew = partial(oauth.access, source, secrets, sleep)
    return api


def described(name: str, rows: dict[str, int]) -> str:
    """`jira: 12,400 issues, 31,022 changelogs`."""
    return f"{name}: " + (", ".join(f"{count:,} {stream}" for stream, count in rows.items() if count) or "nothing new")


def _window(home: Path, source: ApiSource, now: datetime, full: bool) -> Window:
    """Everything at first, when asked to, when the settings changed and every `full_every`; else what changed."""
    earlier = pulls.sealed(home, source.name)
    snapshots = [pull for pull in earlier if pull.kind == "snapshot"]
    since = datetime.combine(source.since, clock(), UTC) if source.since else None
    if (
        full
        or not snapshots
        or earlier[-1].seal["fingerprint"] != source.fingerprint
        or now - snapshots[-1].started_at >= source.full_every
    ):
        return Window("snapshot", now, since)
    return Window("increment", now, max(filter(None, (since, earlier[-1].started_at - source.overlap))))


def _scope(home: Path, source: ApiSource, api: Api) -> list[str]:
    """What the secret sees now. Raises LandingError if that is less than is wanted, or than at the last pull."""
    now, wanted = sorted(set(source.scope(api))), source.wanted()
    last = pulls.sealed(home, source.name)
    before = set(last[-1].seal["scope"]) if last else set[str]()
    if lost := sorted((before if wanted is None else before & set(wanted)) - set(now)):
        raise LandingError(
            f"{', '.join(lost)} was visible at the last pull and is not now, and would be read as deleted.",
            f"source {source.name}",
            "give the token's user access again, or name in the source's settings what is to be fetched, without it.",
        )
    if missing := sorted(set(wanted or ()) - set(now)):
        raise LandingError(
            f"{', '.join(missing)} can't be seen.",
            f"source {source.name}",
            "give the token's user access, or correct its name.",
        )
    return now if wanted is None else sorted(wanted)
