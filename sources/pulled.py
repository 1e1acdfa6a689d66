"""Sealed pulls as landing reads them: each is a folder of files with its own moment of observation and kind."""

from pathlib import Path
from typing import Any

from sources.config import FileSettings, FileSource, Kind
from sources.contracts import load_contracts
from sources.fetching import pulls
from sources.fetching.source import ApiSource
from sources.files import RawFile


class Pulled(FileSource):
    """One pull of a source. It is made by `parts`, so its path, unlike that of a declared source, is not the user's."""

    pull_kind: Kind
    home: Path
    streams: dict[str, dict[str, Any]]  # by name: rows, sha256
    members: dict[str, tuple[str, ...]]  # by name: the columns that mappings read
    own_feeds: Path  # the vendor's mappings
    variables: dict[str, Any]
    readings: tuple[str, ...] = ()  # feeds of what is read now, whose history is that of the pulls

    def kind_of(self, feed: str) -> Kind:
        """The kind of the pull; of a feed of readings, each adds to those of before."""
        return "increment" if feed in self.readings else self.pull_kind

    def mapping_settings(self) -> dict[str, Any]:
        """The settings that the mappings read."""
        return self.variables


def feeds_of(source: ApiSource) -> list[str]:
    """The feeds that a source fills: those declared, else all that its connector has a mapping for."""
    own = {path.name.split(".")[0] for path in (source.folder / "feeds").glob("*.sql")}
    return sorted(source.feeds or own)


def parts(home: Path, source: ApiSource) -> list[Pulled]:
    """A source's sealed pulls, oldest first; without those of an older connector that lack a stream."""
    names = {stream.name for stream in source.streams}
    return [
        Pulled.model_construct(
            name=source.name,
            feeds=source.feeds,
            path=str(pull.folder),
            observed_at=pull.started_at,
            history=True,
            covers={feed: days for feed in load_contracts() if (days := source.covers_of(feed, pull.started_at))},
            pull_kind=pull.kind,
            home=home,
            streams=pull.seal["streams"],
            members={stream.name: stream.keys for stream in source.streams},
            own_feeds=source.folder / "feeds",
            variables=source.mapping_settings() | {"observed_at": pull.started_at.isoformat()},
            readings=source.readings,
        )
        for pull in pulls.sealed(home, source.name)
        if names <= pull.rows.keys()
    ]


def last_snapshot(home: Path, source: ApiSource) -> Pulled | None:
    """The newest sealed pull of a source that has everything; None if there is none."""
    return next((pull for pull in reversed(parts(home, source)) if pull.pull_kind == "snapshot"), None)


def raw_files(pulled: Pulled) -> dict[str, RawFile]:
    """The files of a pull, by view name, with what its seal says of them."""
    folder = Path(pulled.path)
    return {
        name: RawFile(
            name,
            folder / f"{name}{pulls.SUFFIX}",
            (folder / f"{name}{pulls.SUFFIX}").relative_to(pulled.home).as_posix(),
            ".jsonl",
            sha256=stream["sha256"],
            records=stream["rows"],
            settings=FileSettings(optional=pulled.members.get(name, ())),
        )
        for name, stream in pulled.streams.items()
    }


def lands_nothing(pulled: Pulled, rows: int, *, has_landed: bool) -> bool:
    """Whether a feed without rows says nothing: no change in an increment, or a feed that never had one.

    A load would say that there is none; but who doesn't use a part of a tool has not measured zero with it.
    """
    return not rows and (pulled.pull_kind == "increment" or not has_landed)
