"""Open a build read-only, and turn failing rows into a record's sample."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from expectations.records import MAX_SAMPLE_ROWS, PERSONAL_COLUMNS
from sources.common.limits import Limits, of_machine
from sources.common.sql import literal


@contextmanager
def open_build(warehouse: Path, stage: Path, limits: Limits | None = None) -> Generator[duckdb.DuckDBPyConnection]:
    """The built warehouse with its stage file attached as `stage`, read-only, by default with the machine's limits.

    What doesn't fit into memory is spilled beside it, each process to its own folder.
    """
    spill = warehouse.with_name(f"spill-{os.getpid()}")
    config = {**(limits or of_machine()).config(), "temp_directory": str(spill)}
    with duckdb.connect(str(warehouse), read_only=True, config=config) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(stage)} as stage (read_only)")
        yield connection


def to_json(rows: list[dict[str, Any]]) -> str:
    """A JSON list of rows; dates, decimals and the like as text."""
    return json.dumps(rows[:MAX_SAMPLE_ROWS], default=str, ensure_ascii=False)


def sample_of(connection: duckdb.DuckDBPyConnection, rows_sql: str) -> str:
    """The first failing rows as JSON, without personal columns."""
    rows = connection.execute(f"select * from (\n{rows_sql}\n) limit {MAX_SAMPLE_ROWS}")
    names = [column[0] for column in rows.description or []]
    found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return to_json([{name: row[name] for name in names if name not in PERSONAL_COLUMNS} for row in found])
