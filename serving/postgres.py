"""SQL for the mirror: a published version's types, tables, keys, comments and grants in PostgreSQL.

Each function returns the statements, or the SELECT, to run; no connection is made here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from sources.common.sql import identifier, literal, qualified

NEXT = "__next"  # the schema `core` is loaded as `core__next`, which no reader uses
OLD = "__old"  # and is renamed to `core__old` when it is replaced, until it is dropped
SIDES = (NEXT, OLD)
LONGEST_NAME = 63  # bytes: PostgreSQL truncates longer names

# DuckDB's type: PostgreSQL's; the binary protocol needs the same layout
SAME = {
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "BLOB": "bytea",
}
# DuckDB's type: (the type to cast to first, PostgreSQL's)
WIDENED = {
    "TINYINT": ("smallint", "smallint"),
    "UTINYINT": ("smallint", "smallint"),
    "USMALLINT": ("integer", "integer"),
    "UINTEGER": ("bigint", "bigint"),
    "UBIGINT": ("decimal(20, 0)", "numeric(20, 0)"),
    "HUGEINT": ("decimal(38, 0)", "numeric(38, 0)"),
}
TIMESTAMPS = {
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB's type, whether NULL is allowed, and its comment."""

    name: str
    kind: str
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Key:
    """A primary, unique or foreign key; a foreign one refers to `columns_there` of `table_there` (`schema.table`)."""

    columns: tuple[str, ...]
    table_there: str = ""
    columns_there: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """One published table with its columns in their order and its keys."""

    name: str  # schema.table
    comment: str | None
    columns: tuple[Column, ...]
    primary_key: Key | None
    unique: tuple[Key, ...]
    foreign_keys: tuple[Key, ...]

    @property
    def schema(self) -> str:
        """Its schema."""
        return self.name.split(".", 1)[0]

    @property
    def table(self) -> str:
        """Its name within the schema."""
        return self.name.split(".", 1)[1]


def relations(connection: duckdb.DuckDBPyConnection, declared: Mapping[str, Mapping[str, Any]]) -> list[Relation]:
    """The tables of the DuckDB file that `connection` opened, by name.

    `declared` is the manifest's `keys`: {schema.table: {primary_key: [column], foreign_keys: [{columns, table,
    referenced_columns}]}}. Only the audit's table carries a key in the file itself.
    """
    comments = dict(
        connection.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "where database_name = current_database() order by all"
        ).fetchall()
    )
    columns = _columns(connection)
    carried = _primary_keys(connection)
    found: dict[str, Relation] = {}
    for name, comment in comments.items():
        said = declared.get(name, {})
        primary = Key(tuple(said["primary_key"])) if said.get("primary_key") else carried.get(name)
        foreign = [
            Key(tuple(key["columns"]), key["table"], tuple(key["referenced_columns"]))
            for key in said.get("foreign_keys", [])
            if key["table"] in comments
        ]
        found[name] = Relation(name, comment, columns[name], primary, (), tuple(dict.fromkeys(foreign)))
    return _with_referenced_unique(found)


def postgres_type(kind: str) -> str:
    """PostgreSQL's type for DuckDB's type `kind`; text if there is no counterpart."""
    return _typed("", kind)[1]


def select(relation: Relation) -> str:
    """DuckDB's SELECT whose column types match `create_table` in PostgreSQL's binary protocol."""
    columns = ", ".join(
        f"{_typed(identifier(c.name), c.kind, f'{relation.name}.{c.name}')[0]} as {identifier(c.name)}"
        for c in relation.columns
    )
    return f"select {columns} from {qualified(relation.name)}"


def create_table(relation: Relation) -> str:
    """CREATE TABLE in the schema's side schema, without keys, which are added after the rows."""
    columns = ", ".join(
        f"{identifier(c.name)} {postgres_type(c.kind)}{'' if c.nullable else ' not null'}" for c in relation.columns
    )
    return f"create table {side(relation.name)} ({columns})"


def comments(relation: Relation) -> list[str]:
    """COMMENT ON for the table and each column that has one."""
    said = [f"comment on table {side(relation.name)} is {literal(relation.comment)}"] if relation.comment else []
    return said + [
        f"comment on column {side(relation.name)}.{identifier(c.name)} is {literal(c.comment)}"
        for c in relation.columns
        if c.comment
    ]


def keys(found: list[Relation]) -> list[str]:
    """ALTER TABLE for every key: primary and unique keys first, then foreign keys."""
    own = [
        f"alter table {side(relation.name)} add {kind} ({_names(key.columns)})"
        for relation in found
        for kind, key in [
            *([("primary key", relation.primary_key)] if relation.primary_key else []),
            *(("unique", key) for key in relation.unique),
        ]
    ]
    return own + [
        f"alter table {side(relation.name)} add foreign key ({_names(key.columns)}) "
        f"references {side(key.table_there)} ({_names(key.columns_there)})"
        for relation in found
        for key in relation.foreign_keys
    ]


def side(name: str) -> str:
    """The table `schema.table` in its side schema, quoted."""
    schema, table = name.split(".", 1)
    return qualified(f"{schema}{NEXT}.{table}")


def too_long(found: list[Relation]) -> str | None:
    """The first name that PostgreSQL would truncate; None if there is none."""
    names = [part for r in found for part in (r.schema + NEXT, r.table, *(c.name for c in r.columns))]
    return next((name for name in names if len(name.encode()) > LONGEST_NAME), None)


def _typed(column: str, kind: str, label: str = "") -> tuple[str, str]:
    """(SELECT expression of `column` (SQL), PostgreSQL's type)."""
    if kind in SAME:
        return column, SAME[kind]
    if kind in WIDENED:
        cast, wider = WIDENED[kind]
        return f"{column}::{cast}", wider
    if kind in TIMESTAMPS:  # infinity would become a day in the year 294247
        refused = f"error({literal(f'{label} contains an infinite timestamp, which the mirror does not support')})"
        cast = "timestamptz" if TIMESTAMPS[kind] == "timestamptz" else "timestamp"
        return f"case when isinf({column}) then {refused} else {column}::{cast} end", TIMESTAMPS[kind]
    if re.fullmatch(r"DECIMAL\(\d+,\d+\)", kind):
        return column, kind.lower().replace("decimal", "numeric")
    if kind == "VARCHAR":
        return _text(column), "text"
    if kind == "VARCHAR[]":
        return f"list_transform({column}, lambda item: {_text('item')})", "text[]"
    if kind.removesuffix("[]") in SAME:
        return column, f"{SAME[kind.removesuffix('[]')]}[]"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return _text(f"to_json({column})::varchar"), "text"
    return _text(f"{column}::varchar"), "text"


def _text(expression: str) -> str:
    """`expression` with U+0000, which PostgreSQL's text can't hold, as the replacement character."""
    return f"replace({expression}, chr(0), chr(65533))"


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Column, ...]]:
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type, is_nullable, comment "
        "from duckdb_columns() where database_name = current_database() order by 1, column_index"
    ).fetchall()
    found: dict[str, tuple[Column, ...]] = {}
    for table, *parts in rows:
        found[table] = (*found.get(table, ()), Column(*parts))
    return found


def _primary_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, Key]:
    """{schema.table: its primary key}, as the file has them."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, constraint_column_names from duckdb_constraints() "
        "where database_name = current_database() and constraint_type = 'PRIMARY KEY'"
    ).fetchall()
    return {table: Key(tuple(columns)) for table, columns in rows}


def _with_referenced_unique(found: dict[str, Relation]) -> list[Relation]:
    """The relations, with a unique key on whatever a foreign key refers to that isn't the primary key."""
    keys = [key for relation in found.values() for key in relation.foreign_keys]
    wanted = dict.fromkeys((key.table_there, Key(key.columns_there)) for key in keys)
    return [
        replace(relation, unique=tuple(key for table, key in wanted if table == name and key != relation.primary_key))
        for name, relation in found.items()
    ]


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(identifier(name) for name in columns)
