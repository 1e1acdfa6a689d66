"""Fetching the sources of a portfolio, for the refresh and for the command."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from dagster_project.settings import PortfolioError, Workspace
from serving.words import age
from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.source import ApiSource

AT_ONCE = 8


@dataclass(frozen=True)
class Fetched:
    """The result for one source: its new pull, or why there is none: the last one is used, if not too old."""

    source: ApiSource
    pull: pulls.Sealed | None
    problem: str | None = None
    is_usable: bool = True  # there is a pull, and it is not older than `stale_after`


def chosen(space: Workspace, name: str | None = None) -> tuple[ApiSource, ...]:
    """The sources that are fetched, or the one of a name. Raises PortfolioError."""
    found = space.portfolio.fetched
    if name is None:
        return found
    if one := tuple(source for source in found if source.name == name):
        return one
    raise PortfolioError(
        f"no source of {space.portfolio.name} that is fetched is called {name!r}. "
        f"To fix: {'name one of ' + ', '.join(s.name for s in found) if found else 'declare one in portfolio.yml'}."
    )


def fetch_all(
    space: Workspace, sources: Iterable[ApiSource], say: Callable[[str], None], *, full: bool = False
) -> list[Fetched]:
    """Fetch sources side by side. A source that can't be fetched has its last pull, and a problem."""
    from sources.fetching.fetch import described, fetch

    def one(source: ApiSource) -> Fetched:
        try:
            pull = fetch(space.home, source, space.secrets_of(source), datetime.now(UTC), full=full, say=say)
        except LandingError as error:
            return _missing(space, source, str(error))
        say(f"{described(source.name, pull.rows)}; {pull.kind}, {pull.seal['calls']:,} calls")
        return Fetched(source, pull)

    listed = list(sources)
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(listed)))) as pool:
        return list(pool.map(one, listed))


def _missing(space: Workspace, source: ApiSource, message: str) -> Fetched:
    what = f"source {source.name} could not be fetched. {message}"
    try:
        last = pulls.sealed(space.home, source.name)
    except LandingError:  # that is the reason
        last = []
    if not last:
        return Fetched(source, None, what, is_usable=False)
    old = datetime.now(UTC) - last[-1].seen_at
    is_usable = old <= source.stale_after
    used = "it is used" if is_usable else f"longer than stale_after ({age(source.stale_after)}) allows"
    return Fetched(source, last[-1], f"{what} Its last pull is from {age(old)} ago; {used}.", is_usable)
