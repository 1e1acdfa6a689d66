"""Landing: turn a source's files into contract-checked, immutable Parquet loads, one per feed.

A load is prepared in a scratch folder (map in a sandbox, check against the contract, write) and becomes
visible by one rename, so that a reader sees all of it or nothing. Rows that break the contract are quarantined; if a
source can't be read, or would delete too many rows, nothing of it lands.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from ulid import ULID

from sources import checks, delimited, forgetting, forgotten, loads, pulled, seals, workbooks
from sources.common import disk
from sources.common.limits import Limits, of_machine
from sources.common.sql import identifier, literal, nodes
from sources.config import FileSource, LandingRules, SourceBase, end_of_day
from sources.contracts import Feed, load_contracts
from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.source import ApiSource
from sources.files import RawFile, check_is_file, data_suffix, dated_folders, raw_files, refuse_leaving_link, tables_of
from sources.pseudonyms import key_print, set_key
from sources.pulled import Pulled
from sources.reader import Offered, at_fault, missing_column, offer, one_select, sandbox, unreadable, within

STAR = "*"  # among the columns that a mapping names: it reads all of them


@dataclass(frozen=True)
class Mapping:
    """How one feed of a source is made: by a SELECT over raw files, or from a plain file with the feed's columns."""

    feed: Feed
    path: Path
    control: Path | None
    plain: RawFile | None

    @property
    def shown(self) -> str:
        """Its name as messages show it, such as `teams.sql` or, for one source alone, `jira/teams.sql`."""
        return _shown(self.path)


def _shown(path: Path) -> str:
    return path.name if path.parent.name == "feeds" else f"{path.parent.name}/{path.name}"


@dataclass(frozen=True)
class Checked:
    """One feed, mapped and checked in the sandbox, not yet written."""

    mapping: Mapping
    fingerprint: str
    where: str
    columns: list[str]
    extra: list[str]
    earlier: list[loads.Load]
    counts: dict[str, int]
    read: dict[str, str]  # how each file is written, in words
    rejects: tuple[checks.Rejects, ...]


@dataclass
class Prepared:
    """One feed's load, checked and written in scratch, not yet visible."""

    feed: Feed
    folder: Path
    quarantine: Path
    rejects: tuple[checks.Rejects, ...]
    record: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Landed:
    """The result for one feed of a source. `load_id` is the new load, or the current one if nothing changed."""

    source: str
    feed: str
    outcome: str  # landed | unchanged | changed (and not landed)
    load_id: str
    counts: dict[str, int]
    read: dict[str, str] = field(default_factory=dict[str, str])  # how each file that it read is written, in words
    rejects: tuple[checks.Rejects, ...] = ()
    replaces: bool = False  # an earlier load
    unread: tuple[str, ...] = ()  # files in its source's newest folder that nothing reads


@cache
def code_version() -> str:
    """Twelve hex digits of the landing code; each load records the code that made it."""
    packages = (Path(disk.__file__).parent, Path(__file__).parent)
    found = [path for package in packages for path in sorted(package.rglob("*")) if path.suffix in {".py", ".yml"}]
    files = [path for path in found if not {"generated", "drafting"} & set(path.parts)]  # these land nothing
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:12]


# the modules that decide which rows land, and those that read files of one kind
_LANDING = (
    "landing", "files", "reader", "checks", "readings", "pulled", "pseudonyms", "identities", "forgotten", "forgetting",
    "contracts/__init__", "common/sql",
)  # fmt: skip
_KINDS = {
    **dict.fromkeys(delimited.SUFFIXES, "delimited"),
    **dict.fromkeys((".json", ".jsonl"), "json_records"),
    **dict.fromkeys(workbooks.SUFFIXES, "workbooks"),
}


def code_of(suffixes: Iterable[str]) -> str:
    """Twelve hex digits of the code that lands files of these kinds."""
    modules = sorted({*_LANDING, *(_KINDS[suffix] for suffix in suffixes if suffix in _KINDS)})
    code = ((Path(__file__).parent / f"{module}.py").read_bytes() for module in modules)
    return hashlib.sha256(b"".join(code)).hexdigest()[:12]


def mappings(portfolio: Path, source: SourceBase, rules: LandingRules | None = None) -> list[Mapping]:
    """The feeds that a source provides: from its own folder `feeds/<source>/`, else from `feeds/` or its connector.

    Raises LandingError for an unknown feed's file, two files of one feed, a declared feed without a file, a control
    without a mapping, a folder of no source, or a link that leaves the portfolio.
    """
    rules = rules or LandingRules(currencies=frozenset())
    folder = portfolio / "feeds"
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        refuse_leaving_link(path, portfolio)
        if path.is_dir() and rules.source_names and path.name not in rules.source_names:
            if path.name.partition(".")[0] in load_contracts():
                check_is_file(path, portfolio)
            raise LandingError(
                "no source has that name.", f"feeds/{path.name}", "name the folder after the source that it is for."
            )
    own = _mappings_in(folder / source.name, portfolio, rules)
    is_fetched = isinstance(source, Pulled)
    folder, root = (source.own_feeds, source.own_feeds.parent) if is_fetched else (folder, portfolio)
    shared = _mappings_in(folder, root, rules)
    if source.feeds is None:
        is_apart = bool(own) and len(rules.source_names) > 1 and not is_fetched
        return list((own if is_apart else shared | own).values())
    found = shared | own
    missing = [name for name in source.feeds if name not in found]
    if missing:
        raise LandingError(
            f"source {source.name} declares {', '.join(missing)}, but there is no file for it.",
            "feeds/",
            f"add feeds/{missing[0]}.sql or remove it from the source's `feeds`.",
        )
    return [found[name] for name in source.feeds]


def _mappings_in(folder: Path, portfolio: Path, rules: LandingRules) -> dict[str, Mapping]:
    """The mappings and plain files of one folder by feed, in the order of their names."""
    contracts = load_contracts()
    refuse_leaving_link(folder, portfolio)
    found: dict[str, Mapping] = {}
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        refuse_leaving_link(path, portfolio)
        name, suffix = path.name.split(".")[0], data_suffix(path)
        if path.name.startswith(".") or path.name.endswith(".control.sql"):
            continue
        if path.suffix != ".sql" and suffix is None:
            continue
        if name not in contracts:
            raise LandingError("no feed has that name.", _shown(path), f"rename it to one of {', '.join(contracts)}.")
        if name in found:
            raise LandingError(f"{found[name].path.name} gives the same feed.", _shown(path), "keep one of the two.")
        check_is_file(path, portfolio)
        control = folder / f"{name}.control.sql"
        if control.exists():
            check_is_file(control, portfolio)
        tables = tables_of(portfolio, path, name, suffix, rules.files, rules.file_limits) if suffix else [None]
        if len(tables) > 1:
            raise LandingError(
                "it has several sheets, and a plain file is one feed.",
                _shown(path),
                "name the one to read in portfolio.yml under `files`: `sheets`, or map it from the source's folder.",
            )
        found[name] = Mapping(contracts[name], path, control if control.exists() else None, tables[0])
    for path in sorted(folder.glob("*.control.sql")):
        if path.name.removesuffix(".control.sql") not in found:
            raise LandingError("there is no mapping for it.", _shown(path), "give it the name of its mapping.")
    return found


def land_source(
    portfolio: Path,
    home: Path,
    source: FileSource | ApiSource,
    rules: LandingRules,
    key: bytes,
    now: datetime,
    limits: Limits | None = None,
    *,
    lands: bool = True,
) -> list[Landed]:
    """Land every feed of one source whose input changed since its last load; without `lands`, only say which did.

    `now` is the landing time (aware). Returns one result per feed, with history one per folder and feed. Raises
    LandingError with file, rule and fix if any feed can't be landed; nothing of that folder is visible then.
    """
    portfolio = portfolio.resolve()
    landed: list[Landed] = []
    if files := source.files(home):
        parts = as_shown(portfolio, files, rules)
    else:
        parts = pulled.parts(home, source) if isinstance(source, ApiSource) else []
    for shown in parts:
        scratch = home / "tmp" / str(ULID())
        scratch.mkdir(parents=True)
        try:
            landed += _land(
                portfolio,
                home,
                shown,
                rules,
                key,
                now,
                scratch,
                limits or of_machine(),
                is_newest=shown is parts[-1],
                lands=lands,
                is_folder=isinstance(source, FileSource),
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    if isinstance(source, ApiSource):
        pulls.expire(home, source.name)
    return landed


def as_shown(portfolio: Path, source: FileSource, rules: LandingRules) -> list[FileSource]:
    """The parts of a source to land: itself, as is a pull, or each dated folder with its moment of observation, oldest
    first.

    Raises LandingError before anything is landed if a folder or a feed can't have a history.
    """
    if not source.history or isinstance(source, Pulled):
        return [source]
    if plain := [mapping.shown for mapping in mappings(portfolio, source, rules) if mapping.plain]:
        raise LandingError(
            f"source {source.name} has a history, but a plain file has only one state.",
            plain[0],
            "put it into the dated folders and map it in feeds/, or give it its own source.",
        )
    return [
        source.model_copy(update={"path": folder, "observed_at": end_of_day(day, ZoneInfo(rules.time_zone))})
        for day, folder in dated_folders(source.place(portfolio), source.path).items()
    ]


def raw_files_of(portfolio: Path, source: FileSource, rules: LandingRules) -> dict[str, RawFile]:
    """The files of a source as it is shown, by view name."""
    if isinstance(source, Pulled):
        return pulled.raw_files(source)
    return raw_files(source.place(portfolio), source.path, rules.files, rules.file_limits)


def _land(
    portfolio: Path,
    home: Path,
    source: FileSource,
    rules: LandingRules,
    key: bytes,
    now: datetime,
    scratch: Path,
    limits: Limits,
    *,
    is_newest: bool,
    lands: bool,
    is_folder: bool,
) -> list[Landed]:
    files = raw_files_of(portfolio, source, rules)
    observed_at = source.moment(now).astimezone(UTC).isoformat()
    # a dated folder is compared with its own load: the others are from other moments
    known = loads.of_source(home, source.name)
    last_of_any = loads.latest(known)
    last = loads.latest(known, observed_at) if source.history else last_of_any
    todo: list[tuple[Mapping, str]] = []
    results: list[Landed] = []
    spill, copies = scratch / "spill", scratch / "read"
    folders = (source.place(portfolio) / source.path, portfolio / "feeds", scratch)
    variables = {"source": source.name} | source.mapping_settings()
    connection = sandbox(spill, *folders, limits=limits, variables=variables)
    digests = cache(RawFile.digest)
    offered: dict[RawFile, Offered] = {}
    try:
        provided = [
            replace(m, feed=m.feed.in_portfolio(customers_are_people=rules.customers_are_people))
            for m in mappings(portfolio, source, rules)
        ]
        reads = {m.feed.name: [m.plain] if m.plain else files_of(m.path, files, connection) for m in provided}
        controls = {m.feed.name: files_of(m.control, files, connection) for m in provided if m.control}
        unread = unread_among(files, chain(*reads.values(), *controls.values())) if is_newest and is_folder else ()
        for mapping in provided:
            read = reads[mapping.feed.name]
            used = read + [raw for raw in controls.get(mapping.feed.name, []) if raw not in read]
            print_ = _fingerprint(mapping, source, rules, key, used, [(f.relative, digests(f)) for f in used])
            before = last.get(mapping.feed.name)
            if seen := _without_landing(source.name, mapping.feed.name, before, print_, unread, lands=lands):
                results.append(seen)
                continue
            records = sum(raw.records or 0 for raw in _counted(mapping, read))
            has_landed = mapping.feed.name in last_of_any
            if isinstance(source, Pulled) and pulled.lands_nothing(source, records, has_landed=has_landed):
                continue
            for raw in used:
                if raw not in offered:
                    _refuse_damaged(raw)
                    schema = "plain" if raw is mapping.plain else "raw"
                    offered[raw] = offer(connection, raw, copies, schema, rules.file_limits)
            map_feed(connection, mapping, [offered[raw] for raw in used], copies, rules)
            todo.append((mapping, print_))
        checked = [
            _check(
                connection,
                mapping,
                print_,
                known,
                source,
                rules,
                observed_at,
                [offered[raw] for raw in reads[mapping.feed.name]],
                is_newest,
            )
            for mapping, print_ in todo
        ]
        if isinstance(source, Pulled):
            checked = [
                c
                for c in checked
                if not pulled.lands_nothing(
                    source,
                    c.counts["landed_rows"] + c.counts["quarantined_rows"],
                    has_landed=c.mapping.feed.name in last_of_any,
                )
            ]
        if not checked:
            return results
        load_id = loads.next_load_id(last_of_any)
        set_key(connection, key)  # from here on no SQL of the portfolio runs
        prepared = [_prepare(connection, c, home, source, key, now, scratch, load_id) for c in checked]
    finally:
        connection.close()
    with duckdb.connect(config=limits.config() | {"temp_directory": str(spill)}) as trusted:
        for c, load in zip(checked, prepared, strict=True):
            _limit_deletions(trusted, c, load, home, rules)
    for load in prepared:
        _make_durable(load)
    for c, load in zip(checked, prepared, strict=True):
        _make_visible(home, source.name, load_id, load)
        results.append(_landed(source.name, load_id, c, load, unread))
    return results


def _landed(source: str, load_id: str, checked: Checked, load: Prepared, unread: tuple[str, ...]) -> Landed:
    """The result of a feed that has a new load."""
    record = load.record
    read = {file["file"]: file["read_as"] for file in record["files"]}
    replaces = bool(checked.earlier)
    return Landed(
        source,
        load.feed.name,
        "landed",
        load_id,
        record["counts"],
        read,
        load.rejects,
        replaces=replaces,
        unread=unread,
    )


def _refuse_damaged(raw: RawFile) -> None:
    """Raise LandingError where a fetched file is not what its pull's seal says."""
    if raw.sha256 is not None and disk.sha256(raw.path) != raw.sha256:
        raise pulls.damaged(raw.path, f"its SHA-256 is not the one in {pulls.SEAL}: it was changed.")


def _without_landing(
    source: str, feed: str, before: loads.Load | None, fingerprint: str, unread: tuple[str, ...], *, lands: bool
) -> Landed | None:
    """The result of a feed whose input didn't change since its last load, or that isn't to be landed."""
    if before and before["fingerprint"] == fingerprint:
        return Landed(source, feed, "unchanged", before["load_id"], before["counts"], unread=unread)
    return None if lands else Landed(source, feed, "changed", "", {}, unread=unread)


def unread_among(files: dict[str, RawFile], read: Iterable[RawFile]) -> tuple[str, ...]:
    """The names of those files that are not among those that are read."""
    known = set(read)
    return tuple(dict.fromkeys(raw.relative for raw in files.values() if raw not in known))


def files_of(path: Path, files: dict[str, RawFile], connection: duckdb.DuckDBPyConnection) -> list[RawFile]:
    """The raw files that a mapping or control reads. Raises LandingError if one is missing."""
    tables = {
        node["table_name"].lower()
        for node in nodes(connection, one_select(connection, path))
        if node.get("type") == "BASE_TABLE" and node["schema_name"].lower() == "raw"
    }
    if missing := sorted(tables - set(files)):
        raise LandingError(
            f"it reads raw.{missing[0]}, but there is no such file.",
            _shown(path),
            f"add the file; there are {', '.join(files) or 'none'}.",
        )
    return [files[name] for name in sorted(tables)]


def columns_named(path: Path, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The columns that a mapping names, in lower case; STAR among them if it reads all."""
    named = list(nodes(connection, one_select(connection, path)))
    columns = {node["column_names"][-1].lower() for node in named if node.get("class") == "COLUMN_REF"}
    return columns | ({STAR} if any(node.get("class") == "STAR" for node in named) else set())


def _fingerprint(
    mapping: Mapping,
    source: FileSource,
    rules: LandingRules,
    key: bytes,
    used: list[RawFile],
    digests: list[tuple[str, str]],
) -> str:
    """The fingerprint of all inputs of a load: if it is unchanged, there is nothing to land."""
    feed = mapping.feed.name
    parts: dict[str, Any] = {
        "contract": mapping.feed.fingerprint,
        "code": code_of(raw.suffix for raw in used),
        "key": hashlib.sha256(b"fingerprint" + key).hexdigest()[:12],
        "files": digests,
        "read_as": sorted(f"{raw.relative} {raw.settings.model_dump_json()}" for raw in used),
        "sql": [p.read_text() for p in (mapping.path, mapping.control) if p and p.suffix == ".sql"],
        "kind": source.kind_of(feed),
        "observed_at": str(source.observed_at),
        "covers": str(source.covers.get(feed)),
        "currencies": sorted(rules.currencies),
    }
    if settings := source.mapping_settings():
        parts["settings"] = settings
    if same := rules.same_in(source.name):
        parts["identities"] = same
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def map_feed(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, used: list[Offered], copies: Path, rules: LandingRules
) -> None:
    """Run one mapping in the sandbox into `mapped.<feed>`; its control's figures into `mapped.<feed>__control`."""
    name = mapping.feed.name
    text = f"select * from plain.{identifier(name)}" if mapping.plain else one_select(connection, mapping.path)
    tables = [(name, text, mapping.path)]
    if mapping.control:
        tables.append((f"{name}__control", one_select(connection, mapping.control), mapping.control))
    without_records = [file.raw for file in used if file.says_no_columns]
    absent: list[str] = []
    for table, select, path in tables:
        while True:
            try:
                with within(connection, rules.mapping_timeout, _shown(path)):
                    connection.execute(f"create table mapped.{table} as\n{select}\n")
                break
            except duckdb.Error as error:
                lacking = missing_column(error) if without_records else None
                if lacking is None or lacking in absent:
                    fault = at_fault(error, used)
                    raise unreadable(fault.raw.relative if fault else _shown(path), error, fault, used) from error
                absent.append(lacking)  # a list of no records doesn't say which columns they would have
                for raw in without_records:
                    schema = "plain" if raw is mapping.plain else "raw"
                    offer(connection, raw, copies, schema, rules.file_limits, absent)


def _check(
    connection: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    fingerprint: str,
    known: list[loads.Load],
    source: FileSource,
    rules: LandingRules,
    observed_at: str,
    read: list[Offered],
    is_newest: bool,
) -> Checked:
    """Check one mapped feed against its contract and control totals, in the sandbox, as measures are portfolio SQL too.

    Raises LandingError.
    """
    feed, where = mapping.feed, mapping.shown
    earlier = loads.before(known, feed.name, observed_at)
    try:
        accounts = record_numbers(connection, mapping, [file.raw for file in read])
        columns, extra = checks.columns_of(connection, feed, where, earlier[-1]["columns"] if earlier else [])
        written = {file.raw.relative: file.raw.settings for file in read}
        checks.check_rows(connection, feed, columns, extra, rules.currencies, written, rules.same_in(source.name))
        if mapping.control:
            with within(connection, rules.mapping_timeout, _shown(mapping.control)):
                checks.compare_control(connection, feed, _shown(mapping.control))
        per_file = checks.records_per_file(connection, feed)
        checks.account_for_records(per_file, accounts, where)
        counts = checks.counts_of(connection, feed, per_file)
        is_superseded = source.kind_of(feed.name) == "snapshot" and (
            not is_newest or loads.is_superseded(known, feed.name, observed_at)
        )
        if not is_superseded:
            checks.limit_rejects(connection, feed, source.name, counts, rules.quarantine_fail_share, where)
    except duckdb.Error as error:
        fault = at_fault(error, read)
        raise unreadable(fault.raw.relative if fault else where, error, fault) from error
    if not mapping.plain:
        where += f" ({', '.join(file.raw.relative for file in read)})"
    words = {file.raw.relative: file.words for file in read}
    rejects = tuple(checks.rejects(connection, feed)) if counts["quarantined_rows"] else ()
    return Checked(mapping, fingerprint, where, columns, extra, earlier, counts, words, rejects)


def record_numbers(connection: duckdb.DuckDBPyConnection, mapping: Mapping, read: list[RawFile]) -> dict[str, int]:
    """Records of each raw file that rows of the feed come from, counted in the file itself.

    A file declared `-- lookup:` in the mapping's first lines is left out. Raises LandingError if the mapping
    drops _file or _record.
    """
    columns = {c[0] for c in connection.execute(f"describe mapped.{mapping.feed.name}").fetchall()}
    if absent := {"_file", "_record"} - columns:
        raise LandingError(
            f"it returns no {' and no '.join(sorted(absent))}.", mapping.shown, "return _file and _record."
        )
    schema = "plain" if mapping.plain else "raw"
    counts = {
        raw.relative: connection.execute(f"select count(*) from {schema}.{identifier(raw.name)}").fetchone()
        for raw in _counted(mapping, read)
    }
    return {file: row[0] if row else 0 for file, row in counts.items()}


def _counted(mapping: Mapping, read: list[RawFile]) -> list[RawFile]:
    """The files whose records a mapping accounts for: all but its lookups."""
    lookups = set() if mapping.plain else _lookups(mapping.path)
    return [raw for raw in read if raw.name not in lookups]


def _lookups(path: Path) -> set[str]:
    """The raw files that a mapping declares as lookups."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("-- lookup:")]
    return {name.strip() for line in lines for name in line.removeprefix("-- lookup:").split(",")}


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    checked: Checked,
    home: Path,
    source: FileSource,
    key: bytes,
    now: datetime,
    scratch: Path,
    load_id: str,
) -> Prepared:
    """Write one checked feed's load and quarantine into scratch."""
    feed, counts, extra = checked.mapping.feed, checked.counts, checked.extra
    kind = source.kind_of(feed.name)
    deletes = checks.keys_all_readable(connection, feed)
    reasons = checks.excluded_reasons(connection, feed)
    good = checks.load_select(feed, has_extra=bool(extra))
    bad = checks.quarantine_select(feed, source.name, load_id)
    gone = forgotten.Traces({}, ())
    if people := forgotten.read(home):
        good, bad, gone = _without(connection, people, feed, good, bad, [*extra, *reasons])
    folder, quarantine = scratch / "landing" / feed.name, scratch / "quarantine" / f"{feed.name}.parquet"
    load = Prepared(feed, folder, quarantine, checked.rejects)
    load.folder.mkdir(parents=True)
    load.quarantine.parent.mkdir(exist_ok=True)
    part = literal(load.folder / "part-0.parquet")
    connection.execute(f"copy ({good}) to {part} (format parquet, compression zstd)")
    if counts["quarantined_rows"]:
        connection.execute(f"copy ({bad}) to {literal(load.quarantine)} (format parquet)")
    record = {
        "feed": feed.name,
        "source": source.name,
        "load_id": load_id,
        "kind": kind,
        "deletes": deletes,
        "covers": [[str(a), str(b)] for a, b in source.covers[feed.name]] if feed.name in source.covers else None,
        "observed_at": source.moment(now).astimezone(UTC).isoformat(),
        "landed_at": now.astimezone(UTC).isoformat(),
        "files": [{"file": file, "read_as": words} for file, words in sorted(checked.read.items())],
        "counts": counts,
        "excluded": reasons,
        "columns": checked.columns,
        "extra_columns": extra,
        "contract": feed.fingerprint,
        "code": code_version(),
        "key": key_print(key),
        "fingerprint": checked.fingerprint,
    }
    load.record = forgetting.clean_record(record, gone)
    return load


def _limit_deletions(
    connection: duckdb.DuckDBPyConnection, checked: Checked, load: Prepared, home: Path, rules: LandingRules
) -> None:
    """Raise LandingError if a snapshot would delete too much."""
    # with another key every pseudonym differs, but nobody was deleted
    earlier = [before for before in checked.earlier if before["key"] == load.record["key"]]
    if load.record["kind"] == "snapshot" and earlier:
        loads.limit_deletions(
            connection,
            home,
            earlier,
            load.feed,
            f"select * from read_parquet({literal(load.folder / 'part-0.parquet')}, hive_partitioning=false)",
            load.record["deletes"],
            rules.deleted_fail_share,
            checked.where,
            checked.counts["landed_rows"],
        )


def _without(
    connection: duckdb.DuckDBPyConnection,
    people: Sequence[forgotten.Person],
    feed: Feed,
    good: str,
    bad: str,
    words: list[str],
) -> tuple[str, str, forgotten.Traces]:
    """SQL of a load's good and bad rows without forgotten people, and the traces of them in the load."""
    connection.execute(f"create or replace table good as {good}")
    connection.execute(f"create or replace table bad as {bad}")
    connection.execute("create or replace table words as select unnest(?::varchar[]) as word", [words])
    gone = forgotten.found_in(connection, people, feed, "good", "bad", "words")
    good, _ = forgetting.cleaned(connection, feed, "good", gone)
    bad, _ = forgetting.cleaned(connection, None, "bad", gone)
    return good, bad, gone


def _make_durable(load: Prepared) -> None:
    """Finish a prepared load and sync it to disk, so that errors occur before any load is visible."""
    load.record["parts"] = seals.parts_of(load.folder)
    (load.folder / seals.RECORD).write_text(seals.as_text(load.record))
    for path in load.folder.iterdir():
        disk.sync(path)
    disk.sync(load.folder)
    if load.quarantine.exists():
        disk.sync(load.quarantine)


def _make_visible(home: Path, source: str, load_id: str, load: Prepared) -> None:
    """Rename a prepared load into place, its quarantine first."""
    if load.quarantine.exists():
        kept = home / "quarantine" / load.feed.name / f"source={source}" / f"load={load_id}.parquet"
        kept.parent.mkdir(parents=True, exist_ok=True)
        load.quarantine.replace(kept)
        disk.sync(kept.parent)
    target = loads.load_folder(home, load.feed.name, source, load_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    load.folder.rename(target)
    disk.sync(target.parent)
