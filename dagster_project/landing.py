"""Landing a portfolio's sources, for the refresh and for `outcomes land`."""

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from dagster_project.settings import Workspace
from sources.common.limits import explained
from sources.config import FileSource
from sources.connectors import Declared
from sources.errors import LandingError
from sources.landing import Landed, land_source


def land_sources(
    space: Workspace, sources: Iterable[Declared], key: bytes, now: datetime, *, lands: bool = True
) -> tuple[list[Landed], dict[str, str]]:
    """Land sources in parallel, at `now` (aware), with the key for pseudonyms. The portfolio's lock must be held.

    Returns what landed or was unchanged, and by name what to say of each source that could not be landed. Without
    `lands` nothing lands: what would is `changed`.
    """
    shutil.rmtree(space.home / "tmp", ignore_errors=True)  # leftovers of a killed refresh
    wanted = tuple(sources)
    at_once = space.limits.side_by_side(len(wanted))
    limits = space.limits.part(of=at_once)

    def one(source: Declared) -> list[Landed]:
        rules = space.landing_rules()
        return land_source(space.folder, space.home, source, rules, key, now, limits, lands=lands)

    with ThreadPoolExecutor(at_once) as pool:
        started = {source.name: pool.submit(one, source) for source in wanted}
    landed: list[Landed] = []
    failures: dict[str, str] = {}
    for name, future in started.items():
        try:
            landed += future.result()
        except LandingError as error:
            failures[name] = (
                f"source {name} could not be landed; its earlier loads are unchanged. {explained(str(error))}"
            )
    return landed, failures


def sharing(sources: Iterable[Declared], source: FileSource) -> list[FileSource]:
    """The sources that read the same folder as one, it among them."""
    return [other for other in sources if isinstance(other, FileSource) and other.path == source.path]


def notes(landed: Iterable[Landed], sources: Sequence[Declared]) -> list[str]:
    """What to say after landing of files that nothing reads, and of rejected rows; `sources` are the portfolio's.

    A file that several sources could read is named if none of them does.
    """
    landed = tuple(landed)
    unread = {load.source: load.unread for load in landed}
    names = {
        source.name: [other.name for other in sharing(sources, source)]
        for source in sources
        if isinstance(source, FileSource)
    }
    said = [
        f"{file}: no mapping of source {' or '.join(names[source])} reads it"
        for source, files in unread.items()
        for file in files
        if all(file in unread.get(other, ()) for other in names[source])
    ]
    kept = [
        f"{load.source}/{load.feed}: rejected rows that had landed before keep their earlier values"
        for load in landed
        if load.rejects and load.replaces
    ]
    return [*dict.fromkeys(said), *kept]
