"""The raw-file reader: each file of a source becomes a view `raw.<name>` of text columns, `_file` and `_record`.

A mapping SELECT runs over these views in a sandbox: it can read only the source's folder, and can't write, load
extensions or use the network.
"""

import glob
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb

from sources import delimited, json_records, workbooks
from sources.common.limits import Limits, of_machine, timed
from sources.common.sql import identifier, literal
from sources.config import FileLimits
from sources.errors import LandingError
from sources.files import RawFile

# no detection: a detected dialect skips lines that look different, and a folder k=v adds a column
_CSV = (
    "read_csv({path}, auto_detect=false, columns={columns}, header=true, delim={separator}, "
    "quote={quote}, escape={quote}, comment='', strict_mode=true, null_padding=false, nullstr='', "
    "allow_quoted_nulls=true, maximum_line_size={longest}, buffer_size={buffer}, "
    "hive_partitioning=false{compression})"
)
ABOUT_SQL = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)  # these quote no row
_ORIGINAL_LINE = re.compile(r"Original Line:.*?(?=\n(?:Expected|Invalid|Value|Maximum|Possible|\n)|\Z)", re.DOTALL)
# a value that a DuckDB error quotes, and the text after it; file names stay
_QUOTED = re.compile(r"""((?<!file )["'])(.*)(["'])(?:\n.*\^.*)?""", re.DOTALL)
_PLACE = re.compile(r"""( in| found at end of) file ["'][^"']*["']""")
MOST_NAMES = 8  # of columns in a message
READ = "read_json"  # catalog of the sandbox: records of JSON files
CHECKED = "checked"  # catalog of the checked rows
USUAL = frozenset({"comma, UTF-8", "JSON", "JSON lines", "Parquet"})  # words that need not be said to people


@dataclass(frozen=True)
class Offered:
    """A file that a mapping can read: `path` is the file itself or its copy, and `words` say how it is written."""

    raw: RawFile
    path: Path
    words: str
    columns: tuple[str, ...]
    csv: delimited.Csv | None = None

    @property
    def says_no_columns(self) -> bool:
        """Whether it is a list of no records, which doesn't say what columns they would have."""
        return not self.columns and self.raw.suffix in (".json", ".jsonl")


def check_readable(raw: RawFile, limits: FileLimits) -> None:
    """Read a compressed file to its end, as DuckDB doesn't notice a truncated gzip file.

    Raises LandingError naming the file when it is empty, truncated, damaged or too large.
    """
    if raw.suffix in delimited.SUFFIXES or raw.records:
        return  # it is read to its end to see how it is written, or as a pull's
    size = raw.path.stat().st_size
    if size and raw.is_gzip:
        size = sum(len(chunk) for chunk in delimited.chunks(raw, limits))
    if not size and raw.records != 0:
        raise LandingError("the file is empty.", raw.relative, "export it again, or put the last good file back.")


def unique_names(names: Iterable[str]) -> list[str]:
    """Unique column names: a repeated one gets a suffix _2, _3 .., an empty one becomes column<i>.

    A name that a column has in the file is never given to another one.
    """
    given = [name.strip() for name in names]
    real = {name.lower() for name in given}
    taken: dict[str, str] = {}
    for position, real_name in enumerate(given):
        name = base = real_name or f"column{position}"
        count = 1
        while name.lower() in taken or (name.lower() in real and name != real_name):
            count += 1
            name = f"{base}_{count}"
        taken[name.lower()] = name
    return list(taken.values())


def _selected(raw: RawFile, names: Iterable[str], values: Iterable[str], also: Iterable[str]) -> list[str]:
    """The SELECT list of a file's columns, given its names and the SQL of their values.

    Columns declared as `lists` are one list each, those declared as `optional` (or named in `also`) are NULL if absent.
    """
    given = [name.strip() for name in names]
    lists = {name.lower(): name for name in raw.settings.lists}
    kept = [(g, u, v) for g, u, v in zip(given, unique_names(given), values, strict=True) if g.lower() not in lists]
    columns = [f"{value} as {identifier(unique)}" for _, unique, value in kept]
    for name in lists.values():
        parts = [v for g, v in zip(given, values, strict=True) if g.lower() == name.lower()]
        every = f"list_filter([{', '.join(parts)}]::varchar[], lambda value: value is not null)"
        columns.append(f"{every} as {identifier(name)}")
    present = {unique.lower() for _, unique, _ in kept} | set(lists)
    absent = {name.lower(): name for name in (*raw.settings.optional, *also) if name.lower() not in present}
    return columns + [f"null::varchar as {identifier(name)}" for name in absent.values()]


def _select(
    raw: RawFile, connection: duckdb.DuckDBPyConnection, scratch: Path, limits: FileLimits, also: Iterable[str]
) -> tuple[str, Offered]:
    """The SELECT that reads one file: its columns as text (empty is NULL), `_file`, `_record` (1-based).

    Raises duckdb.Error or LandingError where the file is not what its name says.
    """
    lineage = f"{literal(raw.relative)} as _file"
    if raw.suffix in delimited.SUFFIXES:
        how = delimited.how_written(raw, limits)
        itself = how.is_as_duckdb_reads_it
        offered = Offered(raw, raw.path if itself else scratch / f"{raw.name}.csv", how.words, how.columns, how)
        if not itself:
            scratch.mkdir(parents=True, exist_ok=True)
            delimited.copy(raw, how, offered.path)
        delimited.check_no_record_is_too_long(raw, how, offered.path, limits)
        given = [f"c{i}" for i in range(len(how.columns))]
        table = _CSV.format(
            path=_path(offered.path),
            columns="{" + ", ".join(f"{name}: 'varchar'" for name in given) + "}",
            separator=literal(how.separator),
            quote=literal(raw.settings.quote),
            longest=int(limits.record),
            buffer=2 * int(limits.record),
            compression=", compression='gzip'" if raw.is_gzip and itself else "",
        )
        columns = _selected(raw, how.columns, given, also)
        return f"select {', '.join([*columns, lineage])}, row_number() over () as _record from {table}", offered
    if raw.suffix == ".parquet":
        table = f"read_parquet({_path(raw.path)}, file_row_number=true, hive_partitioning=false)"
        described = connection.execute(f"describe select * exclude (file_row_number) from {table}").fetchall()
        names = [name for name, *_ in described]
        texts = [
            f"to_json({name})" if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]") else name
            for name, kind in ((identifier(name), kind) for name, kind, *_ in described)
        ]
        columns = _selected(raw, names, [f"nullif({text}::varchar, '')" for text in texts], also)
        select = f"select {', '.join([*columns, lineage])}, file_row_number + 1 as _record from {table}"
        return select, Offered(raw, raw.path, "Parquet", tuple(names))
    if raw.sheet is not None:
        target = scratch / f"{raw.name}.parquet"
        scratch.mkdir(parents=True, exist_ok=True)
        names, words = workbooks.to_parquet(raw.path, raw.relative, raw.sheet, raw.settings, limits, target)
        words += f"; hidden sheets left out: {', '.join(raw.hidden)}" if raw.hidden else ""
        columns = _selected(raw, names, [f"c{i}" for i in range(len(names))], also)
        table = f"read_parquet({_path(target)}, file_row_number=true, hive_partitioning=false)"
        select = f"select {', '.join([*columns, lineage])}, file_row_number + 1 as _record from {table}"
        return select, Offered(raw, target, words, tuple(names))
    # read once, as mappings, controls and the count each read it
    kept = f"{READ}.{identifier(raw.name)}"
    if raw.records is not None:
        found, kept = json_records.split(raw, READ, connection, limits)
        names = sorted(found)
        columns = _selected(raw, names, [found[name] for name in names], also)
        select = f"select {', '.join([*columns, lineage])}, _record from {kept}"
        return select, Offered(raw, raw.path, "JSON lines", tuple(names))
    select, words = json_records.records(raw, _path(raw.path), connection, limits)
    numbered = f"select json, row_number() over () as _record from ({select})"
    connection.execute(f"create or replace table {kept} as {numbered}")
    names = json_records.members(raw, kept, connection, limits)
    connection.execute(f"create or replace table {kept} as {json_records.parsed(names, kept)}")
    columns = _selected(raw, names, [f"c{i}" for i in range(len(names))], also)
    return f"select {', '.join([*columns, lineage])}, _record from {kept}", Offered(raw, raw.path, words, tuple(names))


def _path(path: Path) -> str:
    """A path as DuckDB takes it, so that `[1]` in a name is not a pattern."""
    return literal(glob.escape(str(path)))


def _value(value: Any) -> str:
    """A setting in SQL. A bound parameter would cost the import of pandas, which the driver does for it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, cast(list[Any], value)))}]::varchar[]"
    if isinstance(value, dict):
        pairs = cast(dict[str, Any], value)
        return f"map({_value(list(pairs))}, {_value(list(pairs.values()))})"
    return "null::varchar" if value is None else literal(str(value))


def sandbox(
    spill: Path, *folders: Path, limits: Limits | None = None, variables: Mapping[str, Any] | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that can read only these folders; SQL reads `variables` with getvariable().

    All is in memory, and spilled to the folder `spill`.
    """
    given = (limits or of_machine()).config() | {"temp_directory": str(spill)}
    connection = duckdb.connect(config=given)
    connection.execute("set TimeZone = 'UTC'; set autoinstall_known_extensions = false")
    connection.execute("set autoload_known_extensions = false; set preserve_insertion_order = true")
    # to compress a table takes longer than to make it, and this one is read once or twice
    connection.execute(f"set force_compression = 'uncompressed'; attach ':memory:' as {CHECKED}")
    connection.execute(f"attach ':memory:' as {READ}")
    spelled = [text for folder in folders for text in (f"{folder.resolve()}/", glob.escape(f"{folder.resolve()}/"))]
    allowed = ", ".join(map(literal, spelled))
    connection.execute(f"set allowed_directories = [{allowed}]")
    for name, value in (variables or {}).items():
        connection.execute(f"set variable {identifier(name)} = {_value(value)}")
    connection.execute("set enable_external_access = false; set lock_configuration = true")
    connection.execute("create schema raw; create schema plain; create schema mapped")
    return connection


def offer(
    connection: duckdb.DuckDBPyConnection,
    raw: RawFile,
    scratch: Path,
    schema: str = "raw",
    limits: FileLimits | None = None,
    also: Iterable[str] = (),
) -> Offered:
    """Make `<schema>.<name>` of one file, with a copy in `scratch` if DuckDB can't read the file as it is.

    Raises LandingError naming file and rule when it can't be read. `also`: columns that are NULL if it lacks them.
    """
    limits = limits or FileLimits()
    check_readable(raw, limits)
    try:
        select, offered = _select(raw, connection, scratch / schema, limits, also)
        _refuse_reserved(raw, offered.columns)
        connection.execute(f"create or replace view {schema}.{identifier(raw.name)} as {select}")
    except duckdb.Error as error:
        raise unreadable(raw.relative, error, Offered(raw, raw.path, "", ())) from error
    return offered


def _refuse_reserved(raw: RawFile, names: Iterable[str]) -> None:
    if reserved := [name for name in names if name.strip().lower() in ("_file", "_record")]:
        raise LandingError(
            f"it has a column called {reserved[0]}, a name that is reserved.", raw.relative, "rename that column."
        )


def unreadable(
    where: str, error: duckdb.Error, offered: Offered | None = None, read: Iterable[Offered] = ()
) -> LandingError:
    """A database error with place and fix.

    `offered` is the file that is at fault, where it is one; `read` are those that the SQL reads.
    """
    if offered is not None and (fault := _csv_fault(offered, str(error))):
        return LandingError(fault[0], where, fault[1])
    read = tuple(read)
    if (column := missing_column(error)) and (files := "; ".join(map(_columns_of, read))):
        return LandingError(
            f"it can't be run: it names a column {column}, which is not there. {files}.", where,
            "correct the name, or declare in portfolio.yml how the file is written (docs/feeds.md).",
        )  # fmt: skip
    if "Set operations" in str(error) and (files := "; ".join(map(_columns_of, read))):
        return LandingError(
            f"it can't be run: the SELECTs that it unites have different numbers of columns. {files}.", where,
            "name the columns that all of them have, or unite them with `union all by name`.",
        )  # fmt: skip
    reason = reason_of(error)[:400]
    if read and offered is None:  # the statement's first line is not the SQL's
        at = re.search(r"\nLINE (\d+):", str(error))
        line = f"line {max(int(at[1]) - 1, 1)}: " if at else ""
        reason = re.sub(r"LINE \d+: ", line, reason) if isinstance(error, ABOUT_SQL) else line + reason
    if offered is not None:  # the place is said already
        reason = _PLACE.sub("", reason)
    if isinstance(error, ABOUT_SQL):
        return LandingError(f"it can't be run: {reason}", where, "fix the SQL, or restore the missing column.")
    if isinstance(error, duckdb.ConversionException) and offered is None:
        fix = "read such values with try_cast or try_strptime, which give NULL, or exclude their rows."
        return LandingError(f"it can't be run: {reason}", where, fix)
    if offered is None:
        return LandingError(f"it can't be run: {reason}", where, "fix the SQL, or the values that it can't take.")
    return LandingError(f"it can't be read: {reason}", where, "check that it is complete, or export it again.")


def _columns_of(offered: Offered) -> str:
    more = ", …" if len(offered.columns) > MOST_NAMES else ""
    return f"{offered.raw.relative} ({offered.words}) has {', '.join(offered.columns[:MOST_NAMES])}{more}"


@contextmanager
def within(connection: duckdb.DuckDBPyConnection, seconds: int, where: str) -> Generator[None]:
    """End what a connection runs after a time. Raises LandingError naming `where`, the file with the SQL."""
    with timed(connection, seconds) as ran_out:
        try:
            yield
        except (duckdb.InterruptException, LandingError) as error:
            if ran_out.is_set() and "INTERRUPT" in f"{error!r} {error.__cause__!r}".upper():
                raise LandingError(
                    f"it ran for more than {seconds:,} seconds.",
                    where,
                    "check for a join that multiplies rows; if it really takes as long, raise mapping_timeout in "
                    "portfolio.yml.",
                ) from error
            raise


def missing_column(error: duckdb.Error) -> str | None:
    """The column that a SELECT names and no table has, by DuckDB's message; None for another error."""
    found = re.search(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"', str(error))
    return (found[1] or found[2]) if found and isinstance(error, duckdb.BinderException) else None


def at_fault(error: duckdb.Error, read: Iterable[Offered]) -> Offered | None:
    """The file that a database error is about, if it is about one."""
    return next((offered for offered in read if str(offered.path) in str(error)), None)


def _csv_fault(offered: Offered, text: str) -> tuple[str, str] | None:
    """What is wrong with a CSV file, and what to do, by DuckDB's message; None for another message."""
    if offered.csv is None or not re.search("CSV", text):
        return None
    at = delimited.line_at_fault(offered.raw, offered.csv)  # DuckDB counts records, not lines
    line = f"line {at:,}" if at else "a line"
    if counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text):
        values = f"{counts[2]} value{'s' if counts[2] != '1' else ''}"
        fewer = int(counts[2]) < int(counts[1])
        return (
            f"{line} has {values}, and the header has {counts[1]} column{'s' if counts[1] != '1' else ''} "
            f"({offered.words}).",
            "export it again; if its last lines are no records, declare `footer` in portfolio.yml (docs/feeds.md)."
            if fewer
            else "quote each value that holds the separator, or declare `separator` or `header` in portfolio.yml "
            "(docs/feeds.md).",
        )
    if not at and (other := delimited.line_with_another_end(offered.raw, offered.csv)):
        return (
            f"line {other:,} ends otherwise than the one before ({offered.words}).",
            "save it again with one kind of line ends.",
        )
    if "unterminated quote" in text:
        return (
            f"{line} has a quote that is not closed, or text after a closed one ({offered.words}).",
            "write a quote within a value twice, and check that the file is complete; if a quote is a character as "
            "any other, declare `quote: ''` in portfolio.yml.",
        )
    if "Maximum line size" in text:
        return (
            f"{line} is longer than `file_limits.record` allows ({offered.words}).",
            "check that a quote is not missing; if the record is really as long, raise file_limits.record.",
        )
    if "invalid state" in text:
        return f"{line} has a quote where none may be ({offered.words}).", "write a quote within a value twice."
    return None


def reason_of(error: duckdb.Error) -> str:
    """A database error in one line, without quoted row values: they may be personal, and the message is stored."""
    text = str(error)
    if "CSV Error" in text:
        text = _ORIGINAL_LINE.sub("", text).partition("\nPossible")[0]
    elif not isinstance(error, ABOUT_SQL):
        text = _QUOTED.sub(r"\1…\3", re.split(r"\nLINE \d+:", text)[0])
    return " ".join(text.split())


def one_select(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The text of a mapping or control file, which must be exactly one SELECT. Raises LandingError."""
    try:
        text = path.read_text(encoding="utf-8").strip().removesuffix(";")
    except UnicodeDecodeError as error:
        raise LandingError(f"byte {error.start + 1} is not UTF-8.", path.name, "save the SELECT as UTF-8.") from error
    if "\0" in text:
        raise LandingError("it contains a NUL character.", path.name, "save the SELECT as text in UTF-8.")
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise LandingError(
            f"not valid SQL: {' '.join(str(error).split())[:300]}", path.name, "fix the SELECT."
        ) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise LandingError("it must contain exactly one SELECT.", path.name, "keep one SELECT and no other statement.")
    return text
