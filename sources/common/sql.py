"""Quote names and texts for SQL, whatever characters they contain."""

from pathlib import Path


def literal(value: str | Path) -> str:
    """A text or a path as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as one quoted SQL identifier, even if it contains a dot."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: str) -> str:
    """`schema.table` as SQL, both quoted."""
    return ".".join(map(identifier, name.split(".", 1)))
