"""Which columns each column of a model is computed from, read by sqlglot from the compiled SQL.

Only what a column's value is made of counts: neither joins nor filters.
"""

import hashlib
import json
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import version
from typing import Any, cast

from filelock import FileLock

from dagster_project import dbt_runner
from sources.common import disk
from sources.contracts import load_contracts

KEPT = "column_lineage.json"  # beside what dbt compiled
OF_LOADS = ("_file", "_record", "_extra", "_warnings", "_row_kind", "source", "load_id", "load_seq", "load_kind",
            "deletes", "observed_at")  # what `landing.<feed>` has besides the feed's columns  # fmt: skip
Lineage = dict[str, dict[str, list[tuple[str, str]]]]


@cache
def column_lineage() -> Lineage:
    """{model's unique id: {column: [(unique id of a model or source, column), …]}}; sorted.

    A model that sqlglot can't read is left out. It takes seconds, so it is kept until some SQL changes.
    """
    compiled = dbt_runner.compiled()
    sql = {uid: compiled[uid] for uid in dbt_runner.models()}
    key = hashlib.sha256(json.dumps([version("sqlglot"), sql], sort_keys=True).encode()).hexdigest()
    path = dbt_runner.TARGET / KEPT
    with FileLock(dbt_runner.TARGET / f".{KEPT}.lock"):
        kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        if kept.get("key") != key:
            kept = {"key": key, "lineage": _read(sql)}
            disk.write(path, json.dumps(kept))
    return {
        uid: {column: [(on, name) for on, name in found] for column, found in columns.items()}
        for uid, columns in kept["lineage"].items()
    }


def _read(sql: dict[str, str]) -> Lineage:
    from sqlglot.errors import SqlglotError
    from sqlglot.schema import MappingSchema

    models, sources = dbt_runner.models(), dbt_runner.manifest()["sources"]
    feeds, relations, found = load_contracts(), MappingSchema(dialect="duckdb"), Lineage()
    named = {(node["schema"], node["name"]): uid for uid, node in {**models, **sources}.items()}
    for source in sources.values():
        if source["schema"] == "landing" and (feed := feeds.get(source["name"])) is not None:
            _add(relations, source, [*(column.name for column in feed.columns), *OF_LOADS])
    parents = {uid: [on for on in node["depends_on"]["nodes"] if on in models] for uid, node in models.items()}
    for uid in TopologicalSorter(parents).static_order():
        columns = list(models[uid]["columns"])
        try:
            found[uid] = _of_model(sql[uid], relations, named)
            columns = list(found[uid])
        except SqlglotError:  # its columns are those that its YAML lists
            pass
        _add(relations, models[uid], columns)
    return found


def _add(relations: Any, node: dict[str, Any], columns: list[str]) -> None:
    """Tell sqlglot the columns of a relation; where they aren't known it may have any."""
    from sqlglot import exp

    if columns:
        table = exp.table_(node["name"], node["schema"], node["database"])
        relations.add_table(table, dict.fromkeys(columns, "unknown"), dialect="duckdb")


def _of_model(sql: str, relations: Any, named: dict[tuple[str, str], str]) -> dict[str, list[tuple[str, str]]]:
    """The lineage of one model's columns. Raises SqlglotError."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    parsed = sqlglot.parse_one(sql, read="duckdb")
    query = cast(exp.Query, qualify(parsed, dialect="duckdb", schema=relations, validate_qualify_columns=False))
    for union in reversed(list(query.find_all(exp.SetOperation))):
        if union.args.get("by_name"):
            _by_position(union)
    scope, found = build_scope(query), dict[str, list[tuple[str, str]]]()
    for name in query.named_selects:
        node = lineage(name, query, relations, scope=scope, dialect="duckdb", trim_selects=False, copy=False)
        ends = [(end, end.source) for end in node.walk() if not end.downstream and isinstance(end.source, exp.Table)]
        read = {(named.get((table.db, table.name)), end.name.rpartition(".")[2].strip('"')) for end, table in ends}
        found[name] = sorted((uid, column) for uid, column in read if uid is not None and column != "*")
    return found


def _by_position(union: Any) -> None:
    """Give the two sides of a UNION BY NAME the same columns in the same order, as lineage goes by position."""
    names = list(dict.fromkeys([*union.left.named_selects, *union.right.named_selects]))
    _reorder(union.left, names)
    _reorder(union.right, names)
    union.set("by_name", None)


def _reorder(query: Any, names: list[str]) -> None:
    from sqlglot import exp

    if isinstance(query, exp.SetOperation):
        _reorder(query.left, names)
        _reorder(query.right, names)
    elif isinstance(query, exp.Subquery):
        _reorder(query.this, names)
    else:
        have = dict(zip(query.named_selects, query.selects, strict=True))
        query.set("expressions", [have.get(name) or exp.alias_(exp.null(), name) for name in names])
