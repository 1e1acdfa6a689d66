"""Quote names and texts for SQL with sqlglot, whatever characters they contain."""

from functools import lru_cache
from pathlib import Path

from sqlglot import exp


@lru_cache(10_000)  # the same few are quoted again and again, and sqlglot takes its time
def literal(value: str | Path) -> str:
    """A text or a path as an SQL string."""
    return exp.Literal.string(str(value)).sql("duckdb")


@lru_cache(10_000)
def identifier(name: str) -> str:
    """A name as one quoted SQL identifier, even if it contains a dot."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def qualified(name: str) -> str:
    """`schema.table` as SQL, both quoted."""
    return ".".join(map(identifier, name.split(".", 1)))
