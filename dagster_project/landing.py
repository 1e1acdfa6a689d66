"""Landing a portfolio's sources, for the refresh and for `outcomes land`."""

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from dagster_project.settings import Workspace
from sources.common.limits import explained
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


def notes(landed: Iterable[Landed]) -> list[str]:
    """What to say after landing of files that nothing reads, and of rejected rows."""
    landed = tuple(landed)
    unread = [f"{file}: no mapping of source {load.source} reads it" for load in landed for file in load.unread]
    kept = [
        f"{load.source}/{load.feed}: rejected rows that had landed before keep their earlier values"
        for load in landed
        if load.rejects and load.replaces
    ]
    return [*dict.fromkeys(unread), *kept]
