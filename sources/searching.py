"""Search every file of a folder for a person, whatever its format.

The format is detected from the content, not the name: Parquet and DuckDB files are searched table by table, gzip is
unpacked, and all others are searched as bytes. Texts are searched for as whole words, in every encoding that the
pipeline writes; pseudonyms anywhere, in every encoding of a digest.
"""

import base64
import gzip
import html
import json
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote as percent
from urllib.parse import quote_plus

import duckdb

from sources.common.sql import identifier, literal
from sources.forgotten import Said, Traces, names_sql

CHUNK = 1 << 20
MEMORY_LIMIT = "1GB"
CONTEXT = 8  # bytes before a match that show whether a word begins there
LEAST_BYTES = 6  # bytes of a text in compressed data, where shorter ones occur by chance
DIGEST_BYTES = 16


@dataclass(frozen=True)
class Place:
    """A file that names the person, below the folder searched; `what` says where in it and how often."""

    path: str
    what: str


@dataclass(frozen=True)
class Searched:
    """The result of a search: number of files, places that name the person, files that could not be read."""

    files: int
    places: tuple[Place, ...]
    unread: tuple[Place, ...]


@dataclass(frozen=True)
class _Forms:
    """The person's texts and pseudonyms as bytes."""

    traces: Traces

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """Pseudonyms as hex, as bytes, as base64."""
        forms: set[bytes] = set()
        for pseudonym in self.traces.ids:
            raw = bytes.fromhex(pseudonym)
            whole = raw[: DIGEST_BYTES // 3 * 3]  # the part whose base64 doesn't depend on what follows
            forms |= {pseudonym.encode(), pseudonym.upper().encode(), raw, base64.b64encode(pseudonym.encode())}
            forms |= {base64.b64encode(whole), base64.urlsafe_b64encode(whole)}
        return tuple(sorted(forms))

    @cached_property
    def texts(self) -> tuple[tuple[bytes, bool], ...]:
        """Texts as bytes, in lower case if case is ignored, and whether it is."""
        forms = {
            (form.lower() if word.any_case else form, word.any_case)
            for word in self.traces.words
            for form in written(word)
        }
        return tuple(sorted(forms))

    @cached_property
    def overlap(self) -> int:
        """Bytes that adjacent chunks share, so that no match is cut in two."""
        return 1 + max(map(len, [*self.digests, *(form for form, _ in self.texts), b""]))

    def spans(self, window: bytes, least: int = 0) -> Iterator[tuple[int, int]]:
        """The matches in bytes, as (from, to); texts of fewer bytes than `least` are skipped."""
        small = window.lower()
        for form in self.digests:
            yield from ((at, at + len(form)) for at in _found(window, form))
        for form, any_case in self.texts:
            if len(form) >= least:
                yield from (
                    (at, at + len(form))
                    for at in _found(small if any_case else window, form)
                    if not _ENDS_IN_WORD.search(window[max(0, at - CONTEXT) : at])
                    and not _BEGINS_WITH_WORD.match(window[at + len(form) : at + len(form) + 1])
                )


# a letter beyond ASCII is several bytes, all of them above 0x7f; \n, \u00e4 and %20 end in letters that are none
_ENDS_IN_WORD = re.compile(rb"(?<!\\)(?<!\\u[0-9a-fA-F]{3})(?<!%[0-9a-fA-F])[A-Za-z0-9_\x80-\xff]\Z")
_BEGINS_WITH_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]")


def _found(window: bytes, form: bytes) -> Iterator[int]:
    at = window.find(form)
    while at >= 0:
        yield at
        at = window.find(form, at + 1)


def written(word: Said) -> set[bytes]:
    """The encodings of a text in files: plain, JSON, CSV, SQL, HTML, URL."""
    text = word.text
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    forms |= {text.replace('"', '""'), text.replace("'", "''")}
    forms |= {html.escape(text), html.escape(text, quote=False), html.escape(text).replace("&#x27;", "&#39;")}
    forms |= {html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    forms |= {percent(text), percent(text, safe=""), quote_plus(text)}
    return {form.encode() for form in forms}


def search(folder: Path, traces: Traces, *, passing: Path | None = None) -> Searched:
    """Search every file below a folder, without following links; the folder `passing` is skipped."""
    forms = _Forms(traces)
    places: list[Place] = []
    unread: list[Place] = []
    files = 0
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as connection:
        for path in _below(folder, passing):
            relative = path.relative_to(folder).as_posix()
            names = [relative, *([str(path.readlink())] if path.is_symlink() else [])]
            if any(any(forms.spans(name.encode())) for name in names):
                places.append(Place(relative, "its name"))
            if path.is_symlink() or not path.is_file():
                continue
            files += 1
            try:
                places += [Place(relative, what) for what in _look_into(path, forms, connection)]
            except (OSError, EOFError, zlib.error, duckdb.Error) as error:
                unread.append(Place(relative, f"can't be read: {' '.join(str(error).split())[:200]}"))
    return Searched(files, tuple(places), tuple(unread))


def spellings(folder: Path, traces: Traces, *, passing: Path | None = None) -> set[str]:
    """The spellings in a folder's files of the texts that are matched without regard to case."""
    forms = _Forms(Traces({}, tuple(word for word in traces.words if word.any_case)))
    found: set[str] = set()
    for path in _below(folder, passing) if forms.traces.words else ():
        if path.is_symlink() or not path.is_file():
            continue
        with suppress(OSError, EOFError, zlib.error, duckdb.Error), path.open("rb") as file:
            kind = _kind(file)
            if kind == "parquet":
                found |= _spelled_in_parquet(path, forms.traces)
                continue
            stream = gzip.GzipFile(fileobj=file) if kind == "gzip" else file
            found |= {match.decode(errors="replace") for match in _matches(cast(IO[bytes], stream), forms)}
    return {text for text in found if any(text.lower() == word.text.lower() for word in traces.words)}


def _spelled_in_parquet(path: Path, traces: Traces) -> set[str]:
    with duckdb.connect() as connection:
        relation = f"read_parquet({literal(path)}, hive_partitioning=false)"
        described = connection.execute(f"describe select * from {relation}").fetchall()
        selects = [
            f"select unnest(regexp_extract_all({identifier(name)}, {literal(pattern)})) from {relation}"
            for name, kind, *_ in described
            for pattern in (f"(?i){re.escape(word.text)}" for word in traces.words)
            if kind == "VARCHAR"
        ]
        rows = connection.execute(" union ".join(selects)).fetchall() if selects else []
        return {text for (text,) in rows}


def _below(folder: Path, passing: Path | None) -> Iterator[Path]:
    """Everything below a folder, in order, except what is in `passing`."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if Path(parent, name) != passing)
        yield from (Path(parent, name) for name in sorted([*folders, *files]))


def _kind(file: IO[bytes]) -> str:
    """The format of a file by its first bytes: parquet, duckdb, gzip or bytes. Rewinds the file."""
    head = file.read(12)
    file.seek(0)
    if head[:4] == b"PAR1":
        return "parquet"
    if head[8:] == b"DUCK":
        return "duckdb"
    return "gzip" if head[:2] == b"\x1f\x8b" else "bytes"


def _look_into(path: Path, forms: _Forms, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Where in a file the person is named. Raises OSError or duckdb.Error if it can't be read."""
    with path.open("rb") as file:
        kind = _kind(file)
        found: list[str] = []
        if kind == "parquet":
            found += _in_parquet(path, forms, connection)
        elif kind == "duckdb":
            found += _in_duckdb(path, forms, connection)
        elif kind == "gzip":
            with gzip.open(file) as unpacked:
                times = sum(1 for _ in _matches(cast(IO[bytes], unpacked), forms))
                found += [f"{times:,} times"] if times else []
            file.seek(0)
        yield from found
        # the raw bytes of a database are searched too: statistics, names, deleted rows
        times = 0 if found else sum(1 for _ in _matches(file, forms, 0 if kind == "bytes" else LEAST_BYTES))
        if times:
            yield f"{times:,} times"


def _matches(stream: IO[bytes], forms: _Forms, least: int = 0) -> Iterator[bytes]:
    """The matches in a stream. Chunks overlap, so that no match is cut in two."""
    window, seen = b"", 0  # `seen`: bytes of the window that only give the context before a match
    while True:
        chunk = stream.read(CHUNK)
        window += chunk
        end = max(seen, len(window) - forms.overlap) if chunk else len(window)  # what begins later comes with the next
        yield from (window[start:stop] for start, stop in forms.spans(window, least) if seen <= start < end)
        if not chunk:
            return
        cut = max(0, end - CONTEXT)
        window, seen = window[cut:], end - cut


def _in_duckdb(path: Path, forms: _Forms, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The tables, and their definitions, that name the person."""
    connection.execute(f"attach {literal(path)} as searched (read_only)")
    try:
        tables = connection.execute("""
            select schema_name, table_name, list((column_name, data_type) order by column_index)
            from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name)
            where database_name = 'searched' group by all order by all
        """).fetchall()
        for schema, table, columns in tables:
            relation = f"searched.{identifier(schema)}.{identifier(table)}"
            if rows := _rows(connection, relation, columns, forms.traces):
                yield f"{schema}.{table}, {rows:,} rows"
        said = """(
            select unnest([sql, comment]) as said from duckdb_tables() where database_name = 'searched'
            union all
            select unnest([sql, comment]) from duckdb_views() where database_name = 'searched'
            union all
            select unnest([column_name, comment]) from duckdb_columns() where database_name = 'searched'
        )"""
        if rows := _rows(connection, said, [("said", "VARCHAR")], forms.traces):
            yield f"its definitions, {rows:,}"
    finally:
        connection.execute("detach searched")


def _in_parquet(path: Path, forms: _Forms, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """How many rows of a Parquet file name the person."""
    relation = f"read_parquet({literal(path)}, hive_partitioning=false)"
    described = connection.execute(f"describe select * from {relation}").fetchall()
    if rows := _rows(connection, relation, [(name, kind) for name, kind, *_ in described], forms.traces):
        yield f"{rows:,} rows"


def _rows(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]], traces: Traces
) -> int:
    """Rows of a relation in which any column, except numbers, times and booleans, names the person."""
    texts = [f"{identifier(name)}::varchar" for name, kind in columns if not kind.startswith(_PLAIN)]
    row = connection.execute(f"select count(*) from {relation} where {names_sql(texts, traces)}").fetchone()
    return row[0] if row else 0


_PLAIN = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    *("FLOAT", "DOUBLE", "DECIMAL", "DATE", "TIME", "INTERVAL"),
)
