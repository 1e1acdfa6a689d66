"""What `outcomes doctor` looks at: the installation, the portfolio, its sources, and what its metrics lack.

It builds nothing and leaves nothing behind. What a known status or account is, the relations define that independent
recomputations read.
"""

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from dagster_project.catalog import by_lack, declared, feeds_given, feeds_of, given, withdrawn
from dagster_project.home import LAST_REFRESH, OWNER, hold_owner, hold_places, last_refresh, unended
from dagster_project.landing import sharing
from dagster_project.settings import PortfolioError, Workspace, workspace
from expectations import landed
from expectations.records import CheckRecord, latest_records
from serving import keeping, versions
from serving.errors import ServingError
from serving.words import age, plural, size
from sources import loads
from sources.common.sql import literal
from sources.config import FileSource
from sources.connectors import Declared
from sources.errors import LandingError
from sources.fetching.source import ApiSource
from sources.preview import Unread, unmapped_names, unread

State = Literal["ok", "note", "wrong"]
PACKAGE = "outcome-warehouse"
SHOWN = ("duckdb", "dbt-core", "dagster", "dbt-metricflow", "great-expectations")
MOST_NAMES = 10  # on one line
LEAST_DISK, LITTLE_DISK = 20_000_000, 1_000_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is (`note`: nothing has to be done), what is so, and what to do."""

    about: str
    state: State
    what: str
    fix: str = ""


def findings(portfolio: Path | None) -> Iterator[Finding]:
    """Everything that was looked at, in order; it ends early where there is no portfolio to look into."""
    yield from _installation()
    try:
        space = workspace(portfolio)
        hold_places(space.home)
        hold_owner(space)
    except PortfolioError as error:
        what, _, fix = str(error).partition(" To fix: ")
        yield Finding("portfolio", "wrong", what, fix)
        return
    declared_as = f"{space.portfolio.title} ({space.folder}), in {space.portfolio.reporting_currency}"
    yield Finding("portfolio", "ok", f"{declared_as}, {plural(len(space.portfolio.sources), 'source')}")
    yield from _home(space)
    if space.portfolio.engine == "spark":
        yield _spark(space)
    for source in space.portfolio.sources:
        yield from _source(space, source)
    yield from _withdrawn(space)
    yield from _unmapped(space)
    yield from _twins(space)
    yield from _links(space)
    yield from _checks(space)
    yield from _metrics(space)


def _installation() -> Iterator[Finding]:
    installed = metadata.metadata(PACKAGE)
    wanted = SpecifierSet(installed["Requires-Python"])
    python = ".".join(map(str, sys.version_info[:3]))
    fits = python in wanted
    yield Finding("Python", "ok" if fits else "wrong", python, "" if fits else f"use a Python {wanted}")
    found = f"{installed['Version']}; " + ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN)
    yield Finding("version", "ok", found)
    for requirement in map(Requirement, metadata.requires(PACKAGE) or []):
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding("packages", "wrong", f"{requirement.name} is not installed", "install the locked packages")
            continue
        if version not in requirement.specifier:
            what = f"{requirement.name} is {version}, and {requirement.specifier} is wanted"
            yield Finding("packages", "wrong", what, "install the locked packages")


def _home(space: Workspace) -> Iterator[Finding]:
    place = next(folder for folder in (space.home, *space.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    state: State = "wrong" if free < LEAST_DISK else "note" if free < LITTLE_DISK else "ok"
    yield Finding("disk", state, f"{size(free)} free at {place}", "" if state == "ok" else "free some space")
    if not os.access(place, os.W_OK):
        yield Finding("home", "wrong", f"{place} can't be written to", "change its owner, or set OUTCOMES_HOME")
    key = space.home / "key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("home", "wrong", f"{key} can be read by others", f"chmod 600 {key}")
    try:
        served = versions.served(space.home)
    except ServingError as error:
        yield Finding("home", "wrong", f"{error.where}: {error.what}", error.do)
        return
    for stray in versions.strays(space.home):
        yield Finding("home", "note", f"{stray} is no version, and nothing reads it", "move it elsewhere")
    if (space.home / LAST_REFRESH).exists() and last_refresh(space.home) is None:
        yield Finding("home", "wrong", f"{space.home / LAST_REFRESH} can't be read", "outcomes refresh")
    if (begun := unended(space.home)) is not None:
        yield Finding("home", "note", begun.said, "" if begun.is_running else "outcomes refresh")
    if served is None:
        yield Finding("home", "note", f"{space.home}: nothing is published yet", "outcomes refresh")
    else:
        old = served.age(datetime.now(UTC))
        said = f", {age(old)} old" if old is not None else ""
        yield Finding("home", "ok", f"{space.home}: version {served.version}{said}")


def _spark(space: Workspace) -> Finding:
    """Whether Spark can be had, takes what answers depend on, and reads and writes files of the home."""
    from dagster_project.spark import SparkError, session

    remote = space.portfolio.spark.remote
    try:
        with (
            TemporaryDirectory(prefix="outcomes-") as scratch,
            session.opened(remote, space.limits.part(of=2), Path(scratch), space.portfolio.spark.settings) as opened,
        ):
            where = f"at {session.shown(remote)}" if remote else f"in this process, {session.java()}"
            said = f"Spark {opened.version} {where}"
            if (space.home / OWNER).exists() and os.access(space.home, os.W_OK):
                with TemporaryDirectory(prefix="doctor-", dir=space.home) as shared:
                    if why := session.unshared(opened, Path(shared)):
                        what = f"{said}, doesn't share {space.home} with this machine: {why}"
                        return Finding("Spark", "wrong", what, "let it read and write that folder, as the same user")
    except SparkError as error:
        what, _, fix = str(error).partition(" To fix: ")
        return Finding("Spark", "wrong", what, fix)
    return Finding("Spark", "ok", said)


def _source(space: Workspace, source: Declared) -> Iterator[Finding]:
    """How a source stands: its newest load, what became of it in the last refresh, what to do next."""
    about = f"source {source.name}"
    try:
        found, newest = feeds_of(space, source), loads.latest(loads.of_source(space.home, source.name))
        rules = space.landing_rules()
        files = source.files(space.home)
        left = unread(space.folder, files, rules) if files else Unread((), {})
        unread_files = _read_by_none(space, source, left.files) if isinstance(source, FileSource) else ()
        unnamed = unmapped_names(space.home, source) if isinstance(source, ApiSource) else []
    except LandingError as error:
        yield Finding(about, "wrong", f"{error.where}: {error.what}", error.do)
        return
    if not found:
        yield Finding(about, "note", "it gives no feed", "write a mapping, feeds/<feed>.sql (docs/feeds.md)")
    feeds = plural(len(found), "feed")
    troubles = (last_refresh(space.home) or {}).get("sources") or []
    missed = {trouble["step"] for trouble in troubles if trouble["source"] == source.name}
    changed = max((path.stat().st_mtime for path in _files(space, source)), default=0.0)
    if not newest:
        yield Finding(about, "note", f"{feeds}, never landed", "outcomes refresh" if found else "")
    else:
        seen = max(datetime.fromisoformat(load["observed_at"]) for load in newest.values())
        last = max(datetime.fromisoformat(load["landed_at"]) for load in newest.values())
        said = f"{feeds}, seen {age(datetime.now(UTC) - seen)} ago"
        if "land" in missed:
            yield Finding(about, "wrong", f"{said}; the last refresh could not land it", "outcomes land")
        elif "fetch" in missed:
            yield Finding(
                about, "note", f"{said}; the last refresh could not fetch it", f"outcomes fetch {source.name}"
            )
        elif changed > last.timestamp():
            yield Finding(about, "note", f"{said}; its files changed since", "outcomes refresh")
        else:
            yield Finding(about, "ok", said)
    for load in newest.values():
        if load["extra_columns"]:
            what = f"{load['feed']} has {', '.join(load['extra_columns'])}, which the contract doesn't know"
            yield Finding(about, "note", what, "leave them out of the mapping, or rename them")
    yield from _unread(about, unread_files, left.columns)
    for setting in dict.fromkeys(setting for setting, _, _ in unnamed):
        names = _counted((name, count) for kind, name, count in unnamed if kind == setting)
        is_setting = setting in type(source).model_fields or "," in setting
        fix = f"name them in {setting}, where they mean something" if is_setting else ""
        yield Finding(about, "note", f"its settings don't name ({setting}): {names}", fix)


def _withdrawn(space: Workspace) -> Iterator[Finding]:
    """The feeds that landed and that no source gives any more."""
    with suppress(LandingError):  # its source has a line
        for source, feed in sorted({(load["source"], load["feed"]) for load in withdrawn(space)}):
            what = f"{feed} landed before and is given no more, so that it is not used"
            yield Finding(f"source {source}", "note", what, "put back its mapping or file, if it should be")


def _read_by_none(space: Workspace, source: FileSource, files: Sequence[str]) -> list[str]:
    """Those of the files that a source doesn't read which no other source of its folder reads, either."""
    others = [other for other in sharing(space.portfolio.sources, source) if other != source] if files else []
    read = [{*unread(space.folder, other, space.landing_rules()).files} for other in others]
    return [file for file in files if all(file in unread for unread in read)]


def _unread(about: str, files: Sequence[str], columns: Mapping[str, Mapping[str, int]]) -> Iterator[Finding]:
    """What no mapping of a source reads."""
    if files:
        fix = "unite them in a mapping with `union all by name`, or move them elsewhere"
        yield Finding(about, "note", f"no mapping reads {_listed(files)}", fix)
    for file, left in columns.items():
        yield Finding(about, "note", f"{file}: no mapping reads {_counted(left.items())}")


def _counted(names: Iterable[tuple[str, int]]) -> str:
    """`Points (12), Team (3)`: names with how often each occurs, the most frequent first, and how many more."""
    return _listed([f"{name} ({count:,})" for name, count in sorted(names, key=lambda pair: -pair[1])])


def _listed(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


_MEANING = {
    "status": "say what they mean: `statuses` in portfolio.yml, or status_category in the mapping (docs/feeds.md)",
    "account": "add them to the feed accounts",
}


def _unmapped(space: Workspace) -> Iterator[Finding]:
    """Statuses and accounts of landed rows that have no meaning, with how often each occurs."""
    try:
        frozen = loads.freeze(space.home, space.portfolio.now(), given=given(space))
        if not frozen.loads:
            return
        with TemporaryDirectory(prefix="outcomes-") as scratch:
            stage = Path(scratch) / "stage.duckdb"
            loads.expose(frozen, space.home, stage, space.portfolio.build_settings(space.portfolio.now()))
            with duckdb.connect(config=space.limits.config()) as connection:
                connection.execute(f"attach {literal(stage)} as stage (read_only); set TimeZone = 'UTC'")
                landed.provide(connection, "from feed.unmapped")
                found = connection.execute("from feed.unmapped order by source, kind, name").fetchall()
    except LandingError as error:
        yield Finding("meanings", "wrong", f"{error.where}: {error.what}", error.do)
        return
    for source, kind in dict.fromkeys((source, kind) for source, kind, *_ in found):
        names = _counted((name, count) for of, what, name, count in found if (of, what) == (source, kind))
        noun = "statuses" if kind == "status" else "accounts"
        yield Finding(f"source {source}", "note", f"{noun} without a meaning: {names}", _MEANING[kind])
    if not found:
        yield Finding("meanings", "ok", "each status and each account of the landed rows has one")


def _twins(space: Workspace) -> Iterator[Finding]:
    """Teams and products of one name from two sources, with different ids, of which `identities` says nothing."""
    try:
        said = {(one.source, one.id) for one in space.identities}
    except LandingError as error:
        yield Finding("identities", "wrong", f"{error.where}: {error.what}", error.do)
        return
    for kind in ("team", "product"):
        folders = loads.folders(space.home, feed=f"{kind}s")
        files = [str(path) for folder in folders for path in folder.glob("*.parquet")]
        if not files:
            continue
        with duckdb.connect(config=space.limits.config()) as connection:
            found = connection.execute(
                f"""
                with named as (
                    select distinct source, {kind}_id as id, trim(name) as name, lower(trim(name)) as plain
                    from read_parquet(?, hive_partitioning=true, union_by_name=true) where _row_kind = 'row'
                )
                select one.name, one.source, one.id, other.source, other.id
                from named as one
                inner join named as other
                    on one.plain = other.plain and one.source < other.source and one.id <> other.id
                order by all
            """,
                [files],
            ).fetchall()
        pairs = [
            f"{name} ({id_} of {source}, {other_id} of {other})"
            for name, source, id_, other, other_id in found
            if not {(source, id_), (other, other_id)} & said
        ]
        if pairs:
            yield Finding(
                "identities",
                "note",
                f"{kind}s of one name in two sources: {_listed(pairs)}",
                "where they are the same, say so in `identities`; where not, name each as itself there "
                "(docs/portfolio.md)",
            )


def _files(space: Workspace, source: Declared) -> list[Path]:
    if not isinstance(source, FileSource):
        return []  # it is fetched
    folders = (space.folder / source.path, space.folder / "feeds")
    return [path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()]


def _links(space: Workspace) -> Iterator[Finding]:
    """Links that lead nowhere, and pins of versions that are gone."""
    places = [space.home / "serve", space.folder]
    dead = [path for place in places if place.is_dir() for path in place.rglob("*") if _is_dead(path)]
    for path in dead:
        yield Finding("links", "wrong", f"{path} leads nowhere ({path.readlink()})", "remove it, or restore its target")
    try:
        gone = sorted(keeping.pinned(space.home) - {version.version for version in versions.list_versions(space.home)})
    except ServingError as error:
        yield Finding("links", "wrong", str(error))
        return
    for name in gone:
        yield Finding("links", "wrong", f"version {name} is pinned, but gone", f"outcomes unpin {name}")
    if not dead and not gone:
        yield Finding("links", "ok", "none is dead")


def _is_dead(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _checks(space: Workspace) -> Iterator[Finding]:
    """What the last audit warned of."""
    records = latest_records(space.home / "audit")
    if not records:
        yield Finding("checks", "note", "nothing was audited yet", "outcomes refresh")
        return
    open_ones = {record.check_name: record for record in records if _is_open(record)}
    for name, record in open_ones.items():
        found = plural(record.failing_rows, "failing row") if record.failing_rows else record.status
        what = f"{name}: {found}; expected: {record.expected}"
        yield Finding("checks", "wrong" if record.blocks else "note", what, f"outcomes check --rows {name}")
    if not open_ones:
        yield Finding("checks", "ok", f"all {len(records)} of the last audit passed")


def _is_open(record: CheckRecord) -> bool:
    return record.status not in ("passed", "not_compared")


def _metrics(space: Workspace) -> Iterator[Finding]:
    """The metrics that have their feeds, and what the others lack."""
    try:
        feeds = feeds_given(space)
    except LandingError:
        return  # its source has a line
    served = versions.served_if_whole(space.home)
    figures = served.figures if served else {}
    lacking = by_lack(feeds)
    complete = lacking.pop((), [])
    measured = [metric for metric in complete if figures.get(metric.name, {}).get("value") is not None]
    said = f", {len(measured)} have a total over all time" if served else ""
    yield Finding("metrics", "ok", f"{len(complete)} of {len(declared())} have their feeds{said}")
    for lack, metrics in lacking.items():
        yield Finding("metrics", "note", f"no data in {', '.join(lack)}: {', '.join(m.name for m in metrics)}")
