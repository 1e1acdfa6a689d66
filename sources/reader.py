"""The raw-file reader: each file of a source becomes a view `raw.<name>` of text columns, `_file` and `_record`.

A mapping SELECT runs over these views in a sandbox: it can read only the source's folder, and can't write, load
extensions or use the network.
"""

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

import duckdb
import pyarrow as pa
from pyarrow import csv as arrow_csv

from sources.common.limits import Limits, of_machine
from sources.common.sql import identifier, literal
from sources.errors import LandingError

SUFFIXES = (".csv", ".jsonl", ".json", ".parquet")
CHUNK = 1 << 20
LONGEST_RECORD = 1 << 24

# no detection: a detected dialect skips lines that look different, and a folder k=v adds a column
_CSV = (
    "read_csv({path}, auto_detect=false, columns={columns}, header=true, delim=',', "
    "quote='\"', escape='\"', comment='', strict_mode=true, null_padding=false, nullstr='', allow_quoted_nulls=true, "
    "maximum_line_size={longest}, buffer_size={buffer}, hive_partitioning=false{compression})"
)
_JSON = "read_json_objects({path}, format={format}, maximum_object_size=67108864, hive_partitioning=false{compression})"
_JSON_FORMAT = {".jsonl": "newline_delimited", ".json": "array"}
ABOUT_SQL = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)  # these quote no row
_ORIGINAL_LINE = re.compile(r"Original Line:.*?(?=\n(?:Expected|Invalid|Value|Maximum|Possible|\n)|\Z)", re.DOTALL)
# a value that a DuckDB error quotes, and the text after it; file names stay
_QUOTED = re.compile(r"""((?<!file )["'])(.*)(["'])(?:\n.*\^.*)?""", re.DOTALL)
# whatever stands before a number (strings whole, so that no digit in them counts), then the number
_JSON_NUMBER = r'((?:"(?:[^"\\]|\\.)*"|[^"0-9-])*)(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)'


@dataclass(frozen=True)
class RawFile:
    """One file of a source: its view's name, its place, and its path within the portfolio."""

    name: str
    path: Path
    relative: str
    suffix: str

    @property
    def is_gzip(self) -> bool:
        """Whether the file is compressed."""
        return self.path.suffix.lower() == ".gz"

    def digest(self) -> str:
        """SHA-256 of the file's bytes, hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def data_suffix(path: Path) -> str | None:
    """`.csv`, `.jsonl`, `.json` or `.parquet`, without a `.gz` after it; None for any other file."""
    name = path.name.lower().removesuffix(".gz")
    return next((s for s in SUFFIXES if name.endswith(s)), None)


def _folder_within(portfolio: Path, folder: str) -> Path:
    """A source's folder. Raises LandingError if it is outside the portfolio."""
    root = (portfolio / folder).resolve()
    if not root.is_relative_to(portfolio.resolve()):
        raise LandingError("the folder is outside the portfolio.", folder, "keep `path` below the portfolio's folder.")
    return root


def dated_folders(portfolio: Path, folder: str) -> dict[date, str]:
    """The subfolders of a source with history, by the day in their name, oldest first.

    Hidden entries, and files that aren't data, are ignored. Raises LandingError for any other subfolder, for a data
    file beside them (nothing would read it), and if there is no subfolder.
    """
    root = _folder_within(portfolio, folder)
    found: dict[date, str] = {}
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        relative = path.relative_to(portfolio.resolve()).as_posix()
        refuse_leaving_link(path, portfolio)
        if path.name.startswith("."):
            continue
        if path.is_dir():
            found[_day_of(path.name, relative)] = relative
        elif data_suffix(path) is not None:
            raise LandingError(
                "it is beside the dated folders of a source with history, so it would not be read.",
                relative,
                "move it into one of them.",
            )
    if not found:
        raise LandingError(
            "a source with history needs one subfolder per load, but there is none.",
            folder,
            f"add one named by its day, such as {folder}/2026-03-31.",
        )
    return found


def _day_of(name: str, relative: str) -> date:
    try:
        day = date.fromisoformat(name)
    except ValueError:
        day = None
    if day is None or day.isoformat() != name:  # fromisoformat takes 20260331 and 2026-W14-2, too
        raise LandingError(
            "its name is not a day, but a source with history has one folder per day.",
            relative,
            "name it by the day it was exported, as YYYY-MM-DD, or move it elsewhere.",
        )
    return day


def raw_files(portfolio: Path, folder: str) -> dict[str, RawFile]:
    """The data files below a source's folder, by view name.

    Raises LandingError where the folder is missing, leaves the portfolio, or two files would share a name.
    """
    root = _folder_within(portfolio, folder)
    if not root.is_dir():
        return {}
    found: dict[str, RawFile] = {}
    for path in sorted(root.rglob("*")):
        refuse_leaving_link(path, portfolio)  # whatever its name: a mapping could read it
        suffix = data_suffix(path)
        if suffix is None or path.name.startswith(".") or not path.is_file():
            continue
        stem = path.name.lower().removesuffix(".gz").removesuffix(suffix)
        name = re.sub(r"[^a-z0-9]", "_", stem)
        raw = RawFile(name, path, path.relative_to(portfolio.resolve()).as_posix(), suffix)
        if name in found:
            raise LandingError(
                f"it would be read as raw.{name}, and so would {found[name].relative}.", raw.relative, "rename one."
            )
        found[name] = raw
    return found


def refuse_leaving_link(path: Path, portfolio: Path) -> None:
    """Raises LandingError if a path is a link to something outside the portfolio."""
    if path.is_symlink() and not path.resolve().is_relative_to(portfolio.resolve()):
        raise LandingError("it is a link that leaves the portfolio.", path.name, "copy the file in.")


def check_readable(raw: RawFile) -> None:
    """Read a compressed file to its end, as DuckDB doesn't notice a truncated gzip file.

    Raises LandingError naming the file when it is empty, truncated or damaged.
    """
    size = raw.path.stat().st_size
    try:
        if size and raw.is_gzip:
            with gzip.open(raw.path) as stream:
                size = len(stream.read(1))
                while stream.read(CHUNK):
                    pass
    except (EOFError, OSError, zlib.error) as error:
        raise LandingError(
            f"the gzip file is truncated or damaged ({error}).", raw.relative, "download or compress it again."
        ) from error
    if not size:
        raise LandingError("the file is empty.", raw.relative, "export it again, or put the last good file back.")
    if raw.suffix == ".csv":
        _check_no_record_is_too_long(raw)


def _check_no_record_is_too_long(raw: RawFile) -> None:
    """Check the field counts: DuckDB drops an empty extra field, as in `1,Smith, John,` below `id,name,note`.

    Raises LandingError naming the file and the field counts.
    """
    long: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        if row.actual_columns > row.expected_columns and row.text.rstrip().endswith((",", ',""')):
            long.append((row.expected_columns, row.actual_columns))
        return "skip"  # DuckDB refuses any other wrong count, with the line

    rules = arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note)
    with raw.path.open("rb") as file, gzip.open(file) if raw.is_gzip else file as stream:
        try:
            batches = arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=LONGEST_RECORD),
                parse_options=rules,
                convert_options=arrow_csv.ConvertOptions(check_utf8=False, include_columns=[]),
            )
            while not long and next(batches, None) is not None:
                pass
        except pa.ArrowInvalid:
            return  # not CSV at all: DuckDB reports why
    if long:
        expected, found = long[0]
        raise LandingError(
            f"a record has {found} fields, and the header names {expected} columns.",
            raw.relative,
            "quote each value that holds a comma, and end records as the header ends.",
        )


def unique_names(names: Iterable[str]) -> list[str]:
    """Unique column names: a repeated one gets a suffix _1, _2 .., an empty one becomes column<i>."""
    taken: dict[str, str] = {}
    for position, given in enumerate(names):
        name = base = given.strip() or f"column{position}"
        count = 0
        while name.lower() in taken:
            count += 1
            name = f"{base}_{count}"
        taken[name.lower()] = name
    return list(taken.values())


def _csv_header(raw: RawFile) -> list[str]:
    """The column names in a CSV file's first line. Raises LandingError if there is none."""
    try:
        with gzip.open(raw.path) if raw.is_gzip else raw.path.open("rb") as stream:
            text = io.TextIOWrapper(cast(IO[bytes], stream), "utf-8-sig", newline="")
            names = next(csv.reader(text, strict=True), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise LandingError(
            f"its header line can't be read ({error}).", raw.relative, "save it as UTF-8, with one header line."
        ) from error
    if not any(names):
        raise LandingError("its first line holds no column names.", raw.relative, "start it with one header line.")
    return unique_names(names)


def raw_select(raw: RawFile, connection: duckdb.DuckDBPyConnection) -> str:
    """The SELECT that reads one file: its columns as text (empty is NULL), `_file`, `_record` (1-based).

    Raises duckdb.Error where the file is not what its name says.
    """
    path, lineage = literal(raw.path), f"{literal(raw.relative)} as _file"
    compression = ", compression='gzip'" if raw.is_gzip else ""  # DuckDB itself recognises only lower-case extensions
    if raw.suffix == ".csv":
        columns = "{" + ", ".join(f"{literal(name)}: 'varchar'" for name in _csv_header(raw)) + "}"
        sizes = {"longest": LONGEST_RECORD, "buffer": 2 * LONGEST_RECORD}
        table = _CSV.format(path=path, columns=columns, compression=compression, **sizes)
        return f"select *, {lineage}, row_number() over () as _record from {table}"
    if raw.suffix == ".parquet":
        table = f"read_parquet({path}, file_row_number=true, hive_partitioning=false)"
        described = connection.execute(f"describe select * exclude (file_row_number) from {table}").fetchall()
        texts = [
            (name, f"to_json({name})" if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]") else name)
            for name, kind in ((identifier(name), kind) for name, kind, *_ in described)
        ]
        columns = [f"nullif({value}::varchar, '') as {name}" for name, value in texts]
        return f"select {', '.join(columns)}, {lineage}, file_row_number + 1 as _record from {table}"
    objects = _JSON.format(path=path, format=literal(_JSON_FORMAT[raw.suffix]), compression=compression)
    found = connection.execute(
        f"select key from (select unnest(json_keys(json)) as key from {objects}) group by key order by key"
    ).fetchall()
    keys = [key for (key,) in found]
    columns = [f"{_json_text(k)} as {identifier(name)}" for k, name in zip(keys, unique_names(keys), strict=True)]
    return f"select {', '.join([*columns, lineage])}, row_number() over () as _record from {objects}"


def _json_text(key: str) -> str:
    """SQL for a member's text. DuckDB reads a fraction as a double, which loses digits of money: its text is kept."""
    pointer = literal("/" + key.replace("~", "~0").replace("/", "~1"))
    quoted = f"left(regexp_replace(json || ' 0', {literal(_JSON_NUMBER)}, '\\1\"\\2\"', 'g'), -3)"
    return f"nullif(case when json_type(json, {pointer}) = 'DOUBLE' then {quoted} else json end ->> {pointer}, '')"


def sandbox(work: Path, *folders: Path, limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to a scratch database that can read only these folders."""
    connection = duckdb.connect(str(work), config=(limits or of_machine()).config())
    connection.execute("set TimeZone = 'UTC'; set autoinstall_known_extensions = false")
    connection.execute("set autoload_known_extensions = false; set preserve_insertion_order = true")
    allowed = ", ".join(literal(f"{folder.resolve()}/") for folder in folders)
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false; set lock_configuration = true")
    connection.execute("create schema raw; create schema plain; create schema mapped")
    return connection


def offer(connection: duckdb.DuckDBPyConnection, raw: RawFile, schema: str = "raw") -> None:
    """Make `<schema>.<name>` of one file. Raises LandingError naming file and rule when it can't be read."""
    check_readable(raw)
    view = f"{schema}.{identifier(raw.name)}"
    try:
        connection.execute(f"create or replace view {view} as {raw_select(raw, connection)}")
        names = [row[0] for row in connection.execute(f"describe {view}").fetchall()]
    except duckdb.Error as error:
        raise unreadable(raw.relative, error) from error
    if names[-2:] != ["_file", "_record"]:
        raise LandingError(
            "it has a column called _file or _record, names that are reserved.", raw.relative, "rename that column."
        )


def unreadable(where: str, error: duckdb.Error) -> LandingError:
    """A reader's error with file and fix, and the first lines of the message."""
    reason = reason_of(error)[:400]
    if isinstance(error, ABOUT_SQL):
        return LandingError(f"it can't be run: {reason}", where, "fix the SQL, or restore the missing column.")
    return LandingError(
        f"it can't be read: {reason}",
        where,
        "check that it is complete, UTF-8, and has one header line and the same columns in each record.",
    )


def reason_of(error: duckdb.Error) -> str:
    """A database error in one line, without quoted row values: they may be personal, and the message is stored."""
    text = str(error)
    if "CSV Error" in text:
        text = _ORIGINAL_LINE.sub("", text).partition("\nPossible")[0]
    elif not isinstance(error, ABOUT_SQL):
        text = _QUOTED.sub(r"\1…\3", text.partition("\nLINE 1:")[0])
    return " ".join(text.split())


def one_select(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The text of a mapping or control file, which must be exactly one SELECT. Raises LandingError."""
    text = path.read_text(encoding="utf-8").strip().removesuffix(";")
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise LandingError(
            f"not valid SQL: {' '.join(str(error).split())[:300]}", path.name, "fix the SELECT."
        ) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise LandingError("it must contain exactly one SELECT.", path.name, "keep one SELECT and no other statement.")
    return text
