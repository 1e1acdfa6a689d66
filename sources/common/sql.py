"""Quote names and texts for SQL, whatever characters they contain, and read what a query is made of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import duckdb


def literal(value: str | Path) -> str:
    """A text or a path as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as one quoted SQL identifier, even if it contains a dot."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: str) -> str:
    """`schema.table` as SQL, both quoted."""
    return ".".join(map(identifier, name.split(".", 1)))


def nodes(connection: duckdb.DuckDBPyConnection, select: str) -> Iterator[dict[str, Any]]:
    """Every node of a SELECT as DuckDB's parser gives it, the whole first; the tables that it names need not exist."""
    # a literal, as DuckDB imports pandas for a parameter, which takes longer than small files
    row = connection.execute(f"select json_serialize_sql({literal(select)})").fetchone()
    return _below(json.loads(row[0] if row else "{}"))


def _below(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        fields = cast(dict[str, Any], node)
        yield fields
        for child in fields.values():
            yield from _below(child)
    elif isinstance(node, list):
        for child in cast(list[Any], node):
            yield from _below(child)
