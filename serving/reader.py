"""Read-only connections to published versions: no writing, no other files, no network, locked settings."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from serving.errors import ReadError
from serving.words import plain
from sources.common.limits import Limits, timed
from sources.common.sql import identifier, literal

# The first stops queries from reading other files of the machine; the second prevents spill files on disk.
CONFIG: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false", "temp_directory": ""}

TIMEOUT = 600  # seconds that a query may take


@dataclass(frozen=True)
class Table:
    """A query's result: column names, DuckDB's type names beside them, and the rows as Python values."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def to_csv(self) -> str:
        """The table by RFC 4180 (header, CRLF, quotes where needed); NULL is an empty field."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(map(plain, row) for row in self.rows)
        return text.getvalue()

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row, for JSON. A repeated name gets a suffix, `_1`, `_2` …, as DuckDB gives it in a subquery."""
        names: list[str] = []
        for column in self.columns:
            free = (name for number in count() if (name := f"{column}_{number}" if number else column) not in names)
            names.append(next(free))
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def connect(path: Path, limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """Open the DuckDB file `path` read-only, without access to files or network, with locked settings, in UTC.

    Without `limits` DuckDB's defaults apply.

    Raises ReadError when there is no such file or this DuckDB can't read it.
    """
    if not path.is_file():
        raise ReadError("there is no published version.", str(path), "run `outcomes refresh` to publish one.")
    try:
        config = CONFIG | limits.config() if limits else CONFIG
        connection = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise ReadError(
            f"the file can't be opened ({error}).", str(path), "serve another version with `outcomes rollback`."
        ) from error
    return _locked(connection)


def attach(files: Mapping[str, Path]) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with each DuckDB file attached read-only under its name, otherwise as `connect`.

    Raises ReadError when a file is missing or not one that this DuckDB reads.
    """
    connection = duckdb.connect(config={"temp_directory": ""})
    for name, path in files.items():
        try:
            connection.execute(f"attach {literal(path)} as {identifier(name)} (read_only)")
        except duckdb.Error as error:
            connection.close()
            raise ReadError(
                f"the file can't be opened ({error}).", str(path), "choose another of `outcomes versions`."
            ) from error
    connection.execute("set enable_external_access = false")
    return _locked(connection)


def query(path: Path, sql: str, limits: Limits | None = None, seconds: float = TIMEOUT) -> Table:
    """Run `sql` on the DuckDB file `path`, within `seconds`; anything but a read fails.

    Raises ReadError with DuckDB's own message.
    """
    with connect(path, limits) as connection, timed(connection, seconds) as ran_out:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1:
                what = (
                    f"it has {len(statements)} statements, and one is wanted." if statements else "the query is empty."
                )
                raise ReadError(what, "SQL", "write one SELECT, such as `select * from metrics.dim_metric`.")
            result = connection.execute(statements[0])
            described = result.description or []
            rows = result.fetchall() if described else []
        except duckdb.Error as error:
            if ran_out.is_set():
                raise ReadError(
                    f"it ran for more than {seconds:,} seconds.",
                    "SQL",
                    "check for a join that multiplies rows; or raise query_timeout in portfolio.yml.",
                ) from error
            if isinstance(error, duckdb.OutOfMemoryException):
                raise ReadError(
                    "it needs more memory than it may take, and a query does not spill to disk.",
                    "SQL",
                    "ask for fewer rows or groups; or raise memory_limit in portfolio.yml.",
                ) from error
            raise ReadError(
                str(error), str(path), "correct the query; `outcomes query 'show all tables'` lists the tables."
            ) from error
    return Table(tuple(column[0] for column in described), tuple(str(column[1]) for column in described), rows)


def _locked(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set lock_configuration = true")
    return connection
