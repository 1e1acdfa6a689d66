"""Remove a person from loads: the only operation that rewrites a load.

The rows stay, so sums and counts don't change. A personal id becomes a random replacement pseudonym, or NULL where
nothing is counted by it; text that the person wrote becomes NULL; in other texts a label replaces each word that names
them. `cleaned` applies this to existing loads and to later ones.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from sources import loads, seals
from sources.common import disk
from sources.common.sql import identifier, literal
from sources.contracts import Feed, load_contracts
from sources.errors import LandingError
from sources.forgotten import Traces, names_sql, pattern_of
from sources.loads import Load
from sources.reader import reason_of

MEMORY_LIMIT = "1GB"
JSON_COLUMNS = frozenset({"_extra", "original", "violations", "sample", "_warnings"})


@dataclass(frozen=True)
class Rewritten:
    """A rewritten file: its path below the home, and how many of its rows named the person."""

    path: str
    rows: int


def cleaned(connection: duckdb.DuckDBPyConnection, feed: Feed | None, relation: str, traces: Traces) -> tuple[str, str]:
    """SQL of a relation's rows without the person, and of whether a row named them.

    Without a `feed`, a table of texts (quarantine, check records).
    """
    columns = {c.name: c for c in feed.columns} if feed else {}
    names = [(name, kind) for name, kind, *_ in connection.execute(f"describe select * from {relation}").fetchall()]
    ids = [name for name, _ in names if name in columns and columns[name].personal == "id"]
    pseudonyms = ", ".join(literal(value) for value in traces.ids)
    is_theirs = " or ".join(f"coalesce({identifier(name)} in ({pseudonyms}), false)" for name in ids if pseudonyms)
    is_theirs = f"({is_theirs})" if is_theirs else "false"
    texts = [identifier(name) for name, kind in names if kind == "VARCHAR"]
    values: list[str] = []
    for name, kind in names:
        column = columns.get(name)
        value = identifier(name)
        if kind != "VARCHAR":
            values.append(value)
            continue
        if (column and column.personal == "text") or name == "sample":
            value = f"case when not ({is_theirs} or {names_sql([value], traces)}) then {value} end"
        else:
            value = _replaced(name, traces)
            if name == "_extra":  # its content is unknown
                value = f"case when not {is_theirs} then {value} end"
        if feed is None:
            for pseudonym in traces.ids:
                value = f"replace({value}, {literal(pseudonym)}, 'forgotten')"
        if name in ids and traces.ids:
            replacements = _replacements(column.replacement if column else None, traces)
            value = f"case {identifier(name)} {replacements} else {value} end"
        values.append(f"{value} as {identifier(name)}")
    return f"select {', '.join(values)} from {relation}", f"{is_theirs} or {names_sql(texts, traces)}"


def _replacements(name: str | None, traces: Traces) -> str:
    taken = ((value, replacements.get(name) if name else None) for value, replacements in traces.ids.items())
    return " ".join(f"when {literal(value)} then {literal(other) if other else 'null'}" for value, other in taken)


def _patterns(column: str, traces: Traces) -> list[tuple[str, str]]:
    return [(pattern_of(word, json=column in JSON_COLUMNS), word.label) for word in traces.words]


def _replaced(column: str, traces: Traces) -> str:
    value = identifier(column)
    for pattern, label in _patterns(column, traces):
        kept = rf"\1{label}\2"
        arguments = f"{literal(pattern)}, {literal(kept)}, 'g'"
        for _ in range(2):  # two adjacent words share the border between them
            value = f"regexp_replace({value}, {arguments})"
    return value


def rewrite_loads(home: Path, traces: Traces, now: datetime) -> Iterator[Rewritten]:
    """Rewrite every load that names the person, each file atomically; a clean load is unchanged.

    `load.json` says when (`rewritten_at`), and says it first: if killed between the two steps, the load still names
    the person and is found again. Until the parts are rewritten it holds no checksum of them.

    Raises LandingError, before it rewrites a load, if a part of it is not as it landed.
    """
    with _connection() as connection:
        for load in loads.all_loads(home):
            folder = loads.load_folder(home, load["feed"], load["source"], load["load_id"])
            feed = load_contracts().get(load["feed"])
            parts = {part: _rows_of(connection, home, part, feed, traces) for part in folder.glob("part-*.parquet")}
            rows, record = sum(parts.values()), clean_record(load, traces)
            if rows or record != load or None in load.get("parts", {}).values():
                loads.refuse_damaged(home, [load])
                record |= {"rewritten_at": now.isoformat(), "parts": dict.fromkeys(part.name for part in parts)}
                disk.write(folder / seals.RECORD, seals.as_text(record), home / "tmp")
                for part in (part for part, count in parts.items() if count):
                    _rewrite(connection, home, part, feed, traces)
                record |= {"parts": seals.parts_of(folder)}
                disk.write(folder / seals.RECORD, seals.as_text(record), home / "tmp")
                yield Rewritten(folder.relative_to(home).as_posix(), rows)


def rewrite_tables(home: Path, folder: Path, traces: Traces) -> Iterator[Rewritten]:
    """Rewrite every Parquet file of texts below a folder that names the person: quarantine, check records."""
    with _connection() as connection:
        for path in sorted(folder.rglob("*.parquet")):
            if rows := _rows_of(connection, home, path, None, traces):
                _rewrite(connection, home, path, None, traces)
                yield Rewritten(path.relative_to(home).as_posix(), rows)


def clean_record(record: Load, traces: Traces) -> Load:
    """The content of `load.json` without the person: its reasons and column names are texts of the portfolio."""
    return record | {
        "excluded": {traces.cleaned(reason): rows for reason, rows in record["excluded"].items()},
        "extra_columns": [traces.cleaned(name) for name in record["extra_columns"]],
    }


def _relation(path: Path) -> str:
    return f"read_parquet({literal(path)}, hive_partitioning=false)"


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
    connection.execute("set TimeZone = 'UTC'")
    return connection


@contextmanager
def _explained(home: Path, path: Path) -> Generator[None]:
    """Turn a database error into one that names the file."""
    try:
        yield
    except duckdb.Error as error:
        raise LandingError(
            f"it can't be rewritten without the person: {reason_of(error)[:300]}",
            path.relative_to(home).as_posix(),
            "put the file back from a backup, or make room if the disk is full; then forget again.",
        ) from error


def _rows_of(connection: duckdb.DuckDBPyConnection, home: Path, path: Path, feed: Feed | None, traces: Traces) -> int:
    """How many rows of a Parquet file name the person."""
    with _explained(home, path):
        _, named = cleaned(connection, feed, _relation(path), traces)
        row = connection.execute(f"select count(*) from {_relation(path)} where {named}").fetchone()
        return row[0] if row else 0


def _rewrite(connection: duckdb.DuckDBPyConnection, home: Path, path: Path, feed: Feed | None, traces: Traces) -> None:
    def write(draft: Path) -> None:
        connection.execute(f"copy ({select}) to {literal(draft)} (format parquet, compression zstd)")

    with _explained(home, path):
        select, _ = cleaned(connection, feed, _relation(path), traces)
        disk.replace(path, write, home / "tmp")
