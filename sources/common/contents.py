"""What relations hold, as checksums: equal ones hold the same rows, whatever their order.

What was made by the same SQL of the same contents need not be made again.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from sources.common.sql import identifier, literal, nodes

OF_ALL_FEEDS = frozenset({"landing.loads", "staging.stg_loads"})
SETTINGS = frozenset({"landing.settings", "staging.stg_settings"})
# pairs of names that may overlap, as in stage.landing.loads
_NAMED = re.compile(r"\b(\w+)(?=\.(\w+))")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Sum:
    """A table's rows and a checksum over all their values that does not depend on the rows' order."""

    rows: int
    checksum: str

    @classmethod
    def of_hashes(cls, rows: int, xor: int, total: int) -> "Sum":
        """From the XOR and the sum of all rows' hashes. Together they also notice doubled rows."""
        return cls(rows, f"{int(xor):016x}{int(total):026x}")

    def as_dict(self) -> dict[str, int | str]:
        """For the manifest: {"rows": …, "checksum": hex}."""
        return asdict(self)


def checksum(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> Sum:
    """Rows and checksum of `relation` (SQL) over `columns`.

    The columns are named one by one: in `hash(t)` a column called t would take the place of the row.
    """
    names = ", ".join(identifier(name) for name in columns)
    row = connection.execute(
        f"""
        with hashes as (select hash({names}) as row_hash from {relation})
        select count(*), coalesce(bit_xor(row_hash), 0), coalesce(sum(row_hash), 0) from hashes
        """
    ).fetchone()
    assert row is not None
    return Sum.of_hashes(*row)


class Contents:
    """What the relations of a build hold, each looked at once.

    `relations` are those that SQL may read: {schema.name: the whole name, quoted}. Views of landed files are not read:
    `landing.contents` says what they hold.
    """

    def __init__(self, relations: Mapping[str, str]) -> None:
        self._relations = relations
        self._known = dict[str, str]()
        self._landed = dict[str, str]()
        self._columns = dict[str, list[str]]()

    @classmethod
    def of_build(cls, connection: duckdb.DuckDBPyConnection) -> "Contents":
        """Of all that is in a build with its stage file attached as `stage`."""
        rows = connection.execute("""
            select schema_name || '.' || table_name, database_name, schema_name, table_name
            from duckdb_tables() where not internal
            union all
            select schema_name || '.' || view_name, database_name, schema_name, view_name
            from duckdb_views() where not internal
        """).fetchall()
        return cls({name: ".".join(map(identifier, parts)) for name, *parts in rows})

    def of(self, connection: duckdb.DuckDBPyConnection, name: str) -> str:
        """What a relation holds. Raises duckdb.Error."""
        if name.startswith("landing."):
            self._landed = self._landed or _landed(connection)
            if name in self._landed:
                return self._landed[name]
        return self.of_rows(connection, self._relations[name])

    def of_rows(self, connection: duckdb.DuckDBPyConnection, relation: str) -> str:
        """What a relation holds, or a SELECT in brackets. Raises duckdb.Error."""
        if relation not in self._known:
            described = connection.execute(f"describe from {relation}").fetchall()
            found = checksum(connection, relation, [column for column, *_ in described])
            self._known[relation] = json.dumps([[column[:2] for column in described], found.as_dict()])
        return self._known[relation]

    def forget(self, name: str) -> None:
        """A relation is made again: neither it nor a part of it is known."""
        for relation in [known for known in list(self._known) if self._relations[name] in known]:  # others may add
            self._known.pop(relation, None)

    def read_by(self, sql: str) -> list[str]:
        """The relations that SQL names, sorted."""
        return sorted({".".join(pair) for pair in _NAMED.findall(sql.replace('"', ""))} & self._relations.keys())

    def key(
        self, connection: duckdb.DuckDBPyConnection, sql: str, *more: str, apart: frozenset[str] = frozenset()
    ) -> str:
        """A fingerprint of SQL, of all that it reads but what is `apart`, and of `more`. Raises duckdb.Error."""
        read = [
            (name, self.of_rows(connection, part)) if part else (name, self.of(connection, name))
            for name in self.read_by(sql)
            if name not in apart
            for part in self._parts(connection, sql, name)
        ]
        return hashlib.sha256(json.dumps([sql, more, read]).encode()).hexdigest()

    def _parts(self, connection: duckdb.DuckDBPyConnection, sql: str, name: str) -> list[str | None]:
        """What SQL reads of a relation: parts of it, each a SELECT in brackets, or None for the whole.

        Every load of any feed changes the list of loads, and most SQL reads those of one feed; every moment changes the
        settings, and most SQL doesn't name the as-of moment.
        """
        relation = self._relations[name]
        if name in OF_ALL_FEEDS and (feeds := feeds_read(connection, sql, name)):
            return [f"(from {relation} where feed = {literal(feed)})" for feed in feeds]
        if name in SETTINGS and (columns := self.columns_named(connection, sql, name)):
            return [f"(select {', '.join(map(identifier, columns))} from {relation})"]
        return [None]

    def columns_named(self, connection: duckdb.DuckDBPyConnection, sql: str, name: str) -> list[str]:
        """The columns of a relation whose names are words of SQL; what it reads by a star alone is not among them."""
        if name not in self._columns:
            described = connection.execute(f"describe from {self._relations[name]}").fetchall()
            self._columns[name] = [column for column, *_ in described]
        words = set(_WORD.findall(sql.lower()))
        return [column for column in self._columns[name] if column in words]


def feeds_read(connection: duckdb.DuckDBPyConnection, sql: str, name: str) -> list[str]:
    """The feeds whose rows alone a query reads of a relation: each time `select … from <it> where feed = '…' and …`.

    No feed where it reads the relation in any other way.
    """
    times, feeds, table = 0, list[str](), name.rpartition(".")[2]
    for node in nodes(connection, sql):
        times += _is_relation(node, name)
        if _is_relation(node.get("from_table"), name) and node["where_clause"]:
            feeds += _one_feed(node["where_clause"], {(), (node["from_table"]["alias"] or table,)})
    return sorted({*feeds}) if 0 < times == len(feeds) else []


def _is_relation(node: Any, name: str) -> bool:
    return isinstance(node, dict) and f"{node.get('schema_name')}.{node.get('table_name')}" == name


def _one_feed(condition: dict[str, Any], qualifiers: set[tuple[str, ...]]) -> list[str]:
    """The feed that a condition names as the only one; none where it is true of others, too.

    `qualifiers`: what may stand before the column's name.
    """
    match condition:
        case {"type": "CONJUNCTION_AND", "children": list(children)}:
            return [feed for child in children for feed in _one_feed(child, qualifiers)][:1]
        case {
            "type": "COMPARE_EQUAL",
            "left": {"type": "COLUMN_REF", "column_names": [*before, "feed"]},
            "right": {"type": "VALUE_CONSTANT", "value": {"value": str(feed)}},
        } if (*before,) in qualifiers:
            return [feed]
        case _:
            return []


def _landed(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    try:
        rows: list[tuple[Any, ...]] = connection.execute(
            "select relation_name, fingerprint from stage.landing.contents"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return dict(rows)
