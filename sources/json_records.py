"""JSON files as records: a list of objects, one object that wraps such a list, or one object per line.

DuckDB reads a fraction, or an integer of more than 64 bits, as a double, which loses digits of money and of ids. So
numbers are turned into marked texts first, and the mark is taken off the member's text. The files of a pull, which are
written by this project, are split into members instead, without reading what these hold: four times as fast.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from sources import delimited
from sources.common.sql import identifier, literal
from sources.config import FileLimits
from sources.errors import LandingError
from sources.files import RawFile, files_entry

BATCH = 1 << 23  # bytes that are split at once
PARTS = 4  # tables of a file's records
FEW = 10_000  # records that need no second table
_OBJECTS = (
    "read_json_objects({path}, format={format}, maximum_object_size={size}, hive_partitioning=false{compression})"
)
_FROM, _TO = "\ufdd0", "\ufdd1"  # code points that no text has
_DIGITS = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
# whatever stands before a number (strings whole, so that no digit in them counts), then the number
_NUMBER = rf'((?:"(?:[^"\\]|\\.)*"|[^"0-9-])*)({_DIGITS})'
# a number follows a member's name, or begins or continues a list; in a string it does no harm
_SPLIT_OR_LONG = r"\s*-?[0-9]+(?:[.eE]|[0-9]{15})"
_ANYWHERE = rf"(?:\"\s*:|[\[,]){_SPLIT_OR_LONG}"
# without an escape, a quote before a colon closes a member's name, unless it stands where a text may begin; then the
# strings need not be read, which is several times faster
_AFTER_NAME = r'":(-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|-?[0-9]+\.[0-9]+|-?[0-9]{16,})'
_UNCLEAR = rf'\\|(?:[:\[,{{\s]":|"\s+:|":\s+|[\[,]){_SPLIT_OR_LONG}'


def _marked(text: str) -> str:
    read = rf"""regexp_replace({text} || ' 0', {literal(_NUMBER)}, '\1"{_FROM}\2{_TO}"', 'g')"""
    named = rf"""regexp_replace({text}, {literal(_AFTER_NAME)}, '":"{_FROM}\1{_TO}"', 'g')"""
    return (
        f"case when not regexp_matches({text}, {literal(_ANYWHERE)}) then {text} "
        f"when regexp_matches({text}, {literal(_UNCLEAR)}) then left({read}, -5) else {named} end"
    )


def _without_marks(text: str) -> str:
    return rf"""regexp_replace({text}, '"?{_FROM}([0-9.eE+-]*){_TO}"?', '\1', 'g')"""  # quotes within a nested value


def _pointer(*names: str) -> str:
    return literal("".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names))


def parsed(names: list[str], table: str) -> str:
    """The SELECT of the members of the records in a table, as `c0`, `c1` …: nested ones as JSON, NaN as NULL."""
    if "" in names or len({name.lower() for name in names}) < len(names):  # a struct can't have such members
        texts, source = [f"json ->> {_pointer(name)}" for name in names], table
    else:  # parses each record once
        structure = json.dumps(dict.fromkeys(names, "VARCHAR"), ensure_ascii=False)
        texts = [f"members.{identifier(name)}" for name in names]
        source = f"(select *, from_json(json, {literal(structure)}) as members from {table})" if names else table
    columns = "".join(f", {_unmarked(name, f't{i}')} as c{i}" for i, name in enumerate(names))
    named = "".join(f", {text} as t{i}" for i, text in enumerate(texts))
    return f"select _record{columns} from (select json, _record{named} from {source})"


def _unmarked(name: str, text: str) -> str:
    is_nan = f"{text} = 'NaN' and json_type(json, {_pointer(name)}) = 'DOUBLE'"  # it may be a text, too
    plain = f"case when contains({text}, '{_FROM}') then {_without_marks(text)} else {text} end"
    return f"case when {is_nan} then null else nullif({plain}, '') end"


def records(raw: RawFile, path: str, connection: duckdb.DuckDBPyConnection, limits: FileLimits) -> tuple[str, str]:
    """The SELECT of a file's records as `json`, and in words how the file is written.

    Raises LandingError where it has no records, duckdb.Error where it isn't JSON.
    """
    packed = ", compression='gzip'" if raw.is_gzip else ""  # DuckDB itself recognises only lower-case extensions
    given = {"path": path, "compression": packed}
    if raw.suffix == ".jsonl":
        objects, words = _OBJECTS.format(format="'newline_delimited'", size=limits.record * 4, **given), "JSON lines"
    elif _first_character(raw) != "{":
        objects, words = _OBJECTS.format(format="'array'", size=limits.record * 4, **given), "JSON"
    else:
        size = max(limits.record * 4, min(limits.unpacked, sum(map(len, delimited.chunks(raw, limits))) + 1024))
        objects = _OBJECTS.format(format="'unstructured'", size=size, **given)
        return _wrapped(raw, objects, connection)
    if raw.settings.records_at:
        raise LandingError(
            "portfolio.yml declares `records_at`, but the file is a list of records itself.",
            raw.relative,
            "remove `records_at`.",
        )
    return f"select {_marked('json')} as json from {objects}", words


def _first_character(raw: RawFile) -> str:
    with delimited.opened(raw) as stream:
        return stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1].decode("latin-1")


def _wrapped(raw: RawFile, objects: str, connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    (count,) = connection.execute(f"select count(*) from {objects}").fetchone() or (0,)
    if count > 1:
        return f"select {_marked('json')} as json from {objects}", "JSON lines"
    at = raw.settings.records_at
    if at is None:
        lists = [
            name
            for (name,) in connection.execute(
                f"""select name from (select json, unnest(json_keys(json)) as name from {objects})
                where json_type(json, '/' || replace(replace(name, '~', '~0'), '/', '~1')) = 'ARRAY' order by name"""
            ).fetchall()
        ]
        if len(lists) != 1:
            raise LandingError(
                "it is one object"
                + (f" with several lists: {', '.join(lists)}." if lists else ", not a list of them."),
                raw.relative,
                "declare where its records are in portfolio.yml: "
                + files_entry(raw, f'"records_at": {json.dumps(lists[0])}')
                if lists
                else "export it as a list, or as one object per line in a .jsonl file.",
            )
        at = lists[0]
    pointer = _pointer(*at.split("."))
    (kind,) = connection.execute(f"select json_type(json, {pointer}) from {objects}").fetchone() or (None,)
    if kind != "ARRAY":
        raise LandingError(
            f"it has no list at {at}, where portfolio.yml says that its records are.",
            raw.relative,
            "correct `records_at`.",
        )
    select = (
        f"select unnest(from_json(json_extract({_marked('json')}, {pointer}), '[\"json\"]')) as json from {objects}"
    )
    return select, f"JSON, records at {at}"


def members(raw: RawFile, table: str, connection: duckdb.DuckDBPyConnection, limits: FileLimits) -> list[str]:
    """The names of all members of the records in a table. Raises LandingError for a record that is no object."""
    found = connection.execute(f"""
        select key, min(record) from (
            select
                unnest(case when json_type(json) = 'OBJECT' then json_keys(json) else [null] end) as key,
                _record as record
            from {table}
        ) group by key order by key
    """).fetchall()
    if other := [record for key, record in found if key is None]:
        raise LandingError(
            f"record {other[0]} is not an object.",
            raw.relative,
            "export one object per record.",
        )
    _limit_members(len(found), raw, limits)
    return [key for key, _ in found]


def _limit_members(count: int, raw: RawFile, limits: FileLimits) -> None:
    if count > limits.columns:
        raise LandingError(
            f"its records have {count:,} members, more than {limits.columns:,}.",
            raw.relative,
            "export only the members that you need, or raise file_limits.columns.",
        )


def split(
    raw: RawFile, catalog: str, connection: duckdb.DuckDBPyConnection, limits: FileLimits
) -> tuple[dict[str, str], str]:
    """Read a file of a pull, one object per line, into tables of a catalog.

    Returns the columns of its members by name, and what to select them and `_record` from.

    Raises LandingError for a line that is no object, or for too many members.
    """
    columns: dict[str, str] = {}
    expected = max(1, raw.records or 0)
    # a thread takes a table, or 122,880 rows of it, at once
    tables = [f"{catalog}.{identifier(f'{raw.name}/{n}')}" for n in range(min(PARTS, 1 + expected // FEW))]
    for table in tables:
        connection.execute(f"create or replace table {table} (_record bigint)")
    batches = _batches(raw, columns, limits)
    known = count = 0
    with ThreadPoolExecutor(1) as ahead:  # splits the next lines while DuckDB takes these
        coming = ahead.submit(next, batches, None)
        while batch := coming.result():
            names = batch.column_names[1:]
            for column in names[known:]:
                for table in tables:
                    connection.execute(f"alter table {table} add column {column} varchar")
            known = len(names)
            coming = ahead.submit(next, batches, None)
            connection.register("batch", batch)
            values = "".join(f", {_text_of(column)}" for column in names)
            table = tables[min(count * len(tables) // expected, len(tables) - 1)]
            connection.execute(f"insert into {table} select _record{values} from batch")
            count += batch.num_rows
    connection.unregister("batch")
    return columns, f"({' union all '.join(f'select * from {table}' for table in tables)})"


def _batches(raw: RawFile, columns: dict[str, str], limits: FileLimits) -> Iterator[Any]:
    """The members of a file's records, some records at a time: `_record`, and a column for each name in `columns`,
    which takes those that are met."""
    count = 0
    for batch in _records(raw, limits):
        for name in {name: None for record in batch for name in record if name not in columns}:
            columns[name] = f"c{len(columns)}"
            _limit_members(len(columns), raw, limits)
        members = [
            pa.array([None if (text := record.get(name)) is None else bytes(text) for record in batch], pa.binary())
            for name in columns
        ]
        numbers = pa.array(range(count + 1, count + len(batch) + 1), pa.int64())
        count += len(batch)
        yield pa.table([numbers, *(array.view(pa.string()) for array in members)], ["_record", *columns.values()])


def _records(raw: RawFile, limits: FileLimits) -> Iterator[list[dict[str, msgspec.Raw]]]:
    """A file's records, some at a time."""
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    lines = b""
    try:
        for chunk in delimited.chunks(raw, limits):
            lines += chunk
            if len(lines) >= BATCH and (end := lines.rfind(b"\n") + 1):
                yield decoder.decode_lines(lines[:end])
                lines = lines[end:]
        if lines:
            yield decoder.decode_lines(lines)
    except msgspec.DecodeError as error:
        what = f"it has a line that is not an object ({error})."
        raise LandingError(what, raw.relative, "fetch it again.") from error


def _text_of(column: str) -> str:
    """SQL of a member's text: a text without its quotes, what is nested as JSON."""
    text = f"case when contains({column}, '\\') then {column} ->> '$' else trim({column}, '\"') end"
    return f"case when starts_with({column}, '\"') then nullif({text}, '') else nullif({column}, 'null') end"
