"""Compile MetricFlow's saved queries, and fill the build's `metricflow` schema with their results.

The metrics and the saved queries are declared in `dbt/models/metrics`; this module only gets their SQL from MetricFlow
at each grain that a metric declares, and stores the results, one row per cell. Derived metrics, whose models read
other metrics' values, are measured in a second pass, after those models are built.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from inspect import getsource
from operator import itemgetter
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from pydantic import ValidationError

from dagster_project import dbt_runner
from dagster_project.model_runner import AT_ONCE, open_build
from expectations import lock
from expectations.metrics import DEFAULT_GRAINS, Metric
from sources.common import disk
from sources.common.limits import Limits, of_machine
from sources.common.sql import literal

if TYPE_CHECKING:
    from dagster_project.reuse import Made

PARTS = ("numerator", "denominator", "n", "excluded")

SCHEMA = """
    create schema if not exists metricflow;
    create table if not exists metricflow.metric_inputs (
        metric_name varchar, grain varchar, period_start date, dimension_name varchar, member_key bigint,
        value double, numerator double, denominator double, n double, n_excluded double
    );
    create table if not exists metricflow.outcome_metric_inputs as from metricflow.metric_inputs limit 0;
    create or replace table metricflow.metric_definitions (
        metric_name varchar, metric_version bigint, metric_label varchar, description varchar, formula varchar,
        unit varchar, direction varchar, kind varchar, valid_min double, valid_max double, minimum_n bigint,
        owner varchar, source varchar, interval_kind varchar, when_empty varchar, kind_of_rows varchar,
        excluded_rows varchar, feeds varchar[], grains varchar[], version_since date,
        change_note varchar, compiled_sql varchar,
        fingerprint varchar, is_second_round boolean
    )
"""
# the table for the cells of each pass
INPUTS = ("metric_inputs", "outcome_metric_inputs")
DEFINITIONS = "metric_definitions"


@dataclass(frozen=True)
class Compiled:
    """The SQL of one metric with its parts, at one grain and dimension; `member` is the column of the member's key."""

    metric: str
    grain: str
    dimension: str
    member: str
    sql: str
    parts: dict[str, str]
    is_second_round: bool = False


@dataclass(frozen=True)
class Measured:
    """The cells of one round, its saved queries, and how many of them were run."""

    cells: int
    queries: int
    run: int


def governed(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The governed metrics of a dbt manifest by name: those whose `meta` has a version."""
    metrics = {m["name"]: m for m in manifest["metrics"].values()}
    return {name: m for name, m in metrics.items() if "version" in m["config"]["meta"]}


def grains(metric: dict[str, Any]) -> tuple[str, ...]:
    """The grains at which a metric is measured."""
    return tuple(metric["config"]["meta"].get("grains", DEFAULT_GRAINS))


@cache
def metrics() -> dict[str, Metric]:
    """The governed metrics of this project by name, as the audit is to hold them. Raises DbtError."""
    manifest = dbt_runner.manifest()
    cells: dict[str, list[tuple[str, str]]] = {}
    for name, grain, path, _, _ in _requests(manifest):
        cells.setdefault(name, []).append((path[-1], grain))
    return {name: metric(node, cells.get(name, [])) for name, node in sorted(governed(manifest).items())}


def metric(node: dict[str, Any], cells: list[tuple[str, str]]) -> Metric:
    """A metric of dbt's manifest, published at these (dimension, grain). Raises DbtError where its YAML is wrong."""
    given = {name: node[name] for name in ("name", "label", "description", "type", "type_params", "filter")}
    try:
        return Metric.model_validate(given | {"meta": node["config"]["meta"], "cells": cells})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
        raise dbt_runner.DbtError(
            f"{node['original_file_path']}: metric {node['name']}: {wrong}. To fix: correct it; dbt/README.md says "
            "what `meta` holds, and a saved query must list the metric (cells)"
        ) from error


def second_round(manifest: dict[str, Any]) -> frozenset[str]:
    """The derived metrics: those over a model that is built after the first pass of measuring."""

    def models(uid: str) -> set[str]:
        node = manifest["metrics"].get(uid) or manifest["semantic_models"].get(uid)
        return {uid} if node is None else {model for on in node["depends_on"]["nodes"] for model in models(on)}

    late = {
        uid for uid, node in manifest["nodes"].items() if dbt_runner.AFTER_METRICS in node["config"].get("tags", [])
    }

    def names(metric: dict[str, Any]) -> set[str]:
        meta = metric["config"]["meta"]
        return {metric["name"], *(meta[part] for part in PARTS if part in meta)}

    by_name = {metric["name"]: uid for uid, metric in manifest["metrics"].items()}
    return frozenset(
        name
        for name, metric in governed(manifest).items()
        if any(models(by_name[part]) & late for part in names(metric))
    )


# metric, grain, path of entities to the dimension, parts, conditions
Request = tuple[str, str, list[str], dict[str, str], list[str]]


def _requests(manifest: dict[str, Any]) -> Iterable[Request]:
    metrics = governed(manifest)
    for query in sorted(manifest["saved_queries"].values(), key=lambda q: q["name"]):
        groups = query["query_params"]["group_by"]
        # Entity('product'), or Entity('pilot_side', entity_path=['team']): the entity that another one leads to
        name, *path = next((re.findall(r"'(\w+)'", g) for g in groups if g.startswith("Entity")), ["total"])
        has_time = any(g.startswith("TimeDimension") for g in groups)
        filters = (query["query_params"].get("where") or {}).get("where_filters", [])
        where = [condition["where_sql_template"] for condition in filters]
        for metric in query["query_params"]["metrics"]:
            meta = metrics[metric]["config"]["meta"]
            parts = {part: meta[part] for part in PARTS if part in meta}
            for grain in grains(metrics[metric]):
                if has_time or grain == "all":
                    yield metric, grain, [*path, name], parts, where


def compile_project() -> list[Compiled]:
    """`compile_metrics` of this project, with its cache in dbt's target folder."""
    cache = dbt_runner.TARGET / "metrics.json"
    return compile_metrics(dbt_runner.manifest(), dbt_runner.semantic_manifest(), cache)


def compile_metrics(manifest: dict[str, Any], semantic_manifest: Path, cache: Path) -> list[Compiled]:
    """Every saved query's SQL, at every grain of its metrics.

    `cache` keeps it, keyed by the semantic manifest: MetricFlow takes seconds to start, and its answer depends
    on the definitions alone.
    """
    text = _ordered(semantic_manifest.read_text())
    requests = list(_requests(manifest))
    late = second_round(manifest)

    def compiled() -> list[dict[str, Any]]:
        return [asdict(replace(entry, is_second_round=entry.metric in late)) for entry in _compile(text, requests)]

    return [
        Compiled(**entry) for entry in _kept(cache, f"{text}{requests}{sorted(late)}{getsource(_compile)}", compiled)
    ]


def _kept(cache: Path, depends_on: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, as JSON; kept in a file until what it depends on changes."""
    key = hashlib.sha256(depends_on.encode()).hexdigest()
    if cache.exists():
        kept = json.loads(cache.read_text())
        if kept["key"] == key:
            return kept["compiled"]
    made = make()
    disk.write(cache, json.dumps({"key": key, "compiled": made}))
    return made


def _ordered(semantic_manifest: str) -> str:
    """The semantic manifest, its definitions by name: dbt lists them in the order in which it happened to parse them,
    another one after a partial parse, and MetricFlow's SQL follows that order."""
    manifest = json.loads(semantic_manifest)
    for kind in ("metrics", "saved_queries", "semantic_models"):
        manifest[kind].sort(key=itemgetter("name"))
    return json.dumps(manifest, sort_keys=True)


def _compile(semantic_manifest: str, requests: list[Request]) -> list[Compiled]:
    # seconds to import, so only where the cache doesn't serve
    from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import AdapterBackedSqlClient
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    # the engine asks its client for the SQL dialect alone: nothing is run through it
    dialect: Any = SimpleNamespace(type=lambda: "duckdb")
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(semantic_manifest))
    engine = MetricFlowEngine(lookup, AdapterBackedSqlClient(dialect))
    compiled: list[Compiled] = []
    for name, grain, path, parts, where in requests:
        member = "__".join(path)
        group_by = [] if member == "total" else [member]
        group_by += [] if grain == "all" else [f"metric_time__{grain}"]
        request = MetricFlowQueryRequest.create(
            metric_names=list(dict.fromkeys([name, *parts.values()])),
            group_by_names=group_by or None,
            where_constraints=where or None,
        )
        sql = engine.explain(request).sql_statement.without_descriptions.sql
        compiled.append(Compiled(name, grain, path[-1], member, sql, parts))
    return compiled


def sql_by_metric(compiled: Iterable[Compiled]) -> dict[str, dict[str, str]]:
    """The compiled SQL of each metric, by `<dimension> by <grain>`: what its fingerprint is of."""
    found: dict[str, dict[str, str]] = {}
    for entry in compiled:
        found.setdefault(entry.metric, {})[f"{entry.dimension} by {entry.grain}"] = entry.sql
    return found


def fingerprints() -> dict[str, str]:
    """The fingerprint of each metric's definition and compiled SQL, by the metric's name.

    They are kept, as the SQL is: sqlglot takes longer to read it than DuckDB takes to run it on a small portfolio.
    """
    defined, queries = metrics(), sql_by_metric(compile_project())
    code = f"{getsource(lock)}{version('sqlglot')}"
    definitions = [metric.model_dump_json() for metric in defined.values()]
    return _kept(
        dbt_runner.TARGET / "fingerprints.json",
        json.dumps([code, definitions, queries]),
        lambda: {name: lock.fingerprint(defined[name], sql) for name, sql in queries.items()},
    )


def fill(
    warehouse: Path,
    stage: Path,
    manifest: dict[str, Any],
    compiled: list[Compiled],
    prints: dict[str, str],
    *,
    second: bool = False,
    limits: Limits | None = None,
    made: "Made | None" = None,
) -> Measured:
    """Measure one round into the build's stage file.

    The first round also writes `metric_definitions`, with `prints`, the fingerprints of the metrics. `made`: what is
    there already, so that a saved query which would give the same isn't run again.
    """
    limits = limits or of_machine()
    with open_build(warehouse, stage, limits) as connection:
        if not second:
            define(connection, manifest, compiled, prints, keeps_cells=made is not None)
            if made:
                made.contents.forget(f"metricflow.{DEFINITIONS}")
        connection.begin()
        chosen = [entry for entry in compiled if entry.is_second_round is second]
        new = _take_over(connection, chosen, INPUTS[second], made)
        measure(connection, new, min(limits.threads, AT_ONCE))
        counted = connection.execute(f"select count(*) from stage.metricflow.{INPUTS[second]}").fetchone()
        connection.commit()
    return Measured(counted[0] if counted else 0, len(chosen), len(new))


def define(
    connection: duckdb.DuckDBPyConnection,
    manifest: dict[str, Any],
    compiled: Iterable[Compiled],
    prints: dict[str, str],
    *,
    keeps_cells: bool = False,
) -> None:
    """Recreate the schema `stage.metricflow` with empty inputs, unless their cells are kept, and write every metric's
    definition."""
    late, queries = second_round(manifest), sql_by_metric(compiled)
    rows = [
        [*_definition(name, metric, queries[name], prints.get(name)), name in late]
        for name, metric in sorted(governed(manifest).items())
    ]
    connection.execute("use stage")
    if not keeps_cells:
        connection.execute("drop schema if exists metricflow cascade")
    connection.execute(SCHEMA)
    connection.execute("use warehouse")
    marks = f"({', '.join('?' * len(rows[0]))})"
    connection.execute(
        f"insert into stage.metricflow.metric_definitions values {', '.join([marks] * len(rows))}",
        [value for row in rows for value in row],
    )


def measure(connection: duckdb.DuckDBPyConnection, compiled: Sequence[Compiled], at_once: int = 1) -> None:
    """Run saved queries of one round, `at_once` in parallel, and add their cells to its inputs, in the queries' order.

    With more than one at once they see only what is committed.
    """
    if not compiled:
        return
    free = SimpleQueue[duckdb.DuckDBPyConnection]()
    for own in (connection, *(connection.cursor() for _ in range(at_once - 1))):
        free.put(own)

    def cells(entry: Compiled) -> Any:  # pa.Table, which has no types
        own = free.get()
        try:
            return own.execute(cells_sql(entry)).to_arrow_table()
        finally:
            free.put(own)

    with ThreadPoolExecutor(at_once) as pool:
        found = pa.concat_tables(pool.map(cells, compiled))
    connection.register("cells", found)
    connection.execute(f"insert into stage.metricflow.{INPUTS[compiled[0].is_second_round]} from cells")
    connection.unregister("cells")


def _take_over(
    connection: duckdb.DuckDBPyConnection, compiled: Sequence[Compiled], inputs: str, made: "Made | None"
) -> list[Compiled]:
    """Leave in the inputs of a round only the cells that its saved queries would give again; the queries to be run."""
    keys = {_name(entry): made.contents.key(connection, cells_sql(entry)) for entry in compiled} if made else {}
    kept = {name for name, key in keys.items() if made and made.keys.get(name) == key}
    connection.execute(
        f"delete from stage.metricflow.{inputs} "
        "where concat_ws('/', metric_name, grain, dimension_name) not in (select unnest(?::varchar[]))",
        [sorted(kept)],
    )
    if made:
        made.contents.forget(f"metricflow.{inputs}")
        made.keys |= keys
    return [entry for entry in compiled if _name(entry) not in kept]


def _name(entry: Compiled) -> str:
    """What a saved query's cells have in common, and no other's."""
    return f"{entry.metric}/{entry.grain}/{entry.dimension}"


def cells_sql(entry: Compiled) -> str:
    """A SELECT of the cells of a saved query, as the inputs hold them."""
    is_total = entry.grain == "all"
    values = {part: f"{entry.parts[part]}::double" if part in entry.parts else "null::double" for part in PARTS}
    return f"""
        select
            {literal(entry.metric)} as metric_name,
            {literal(entry.grain)} as grain,
            {"null::date" if is_total else f"metric_time__{entry.grain}::date"} as period_start,
            {literal(entry.dimension)} as dimension_name,
            {"0" if entry.dimension == "total" else entry.member}::bigint as member_key,
            {entry.metric}::double as value,
            {values["numerator"]} as numerator,
            {values["denominator"]} as denominator,
            {values["n"]} as n,
            {values["excluded"]} as n_excluded
        from ({entry.sql}) as cells
        where {"true" if is_total else f"metric_time__{entry.grain} is not null"}"""


def _definition(name: str, metric: dict[str, Any], queries: dict[str, str], print_: str | None) -> list[Any]:
    meta = metric["config"]["meta"]
    return [
        name,
        meta["version"],
        metric["label"],
        metric["description"],
        meta["formula"],
        meta["unit"],
        meta["direction"],
        meta["kind"],
        meta.get("valid_min"),
        meta.get("valid_max"),
        meta["minimum_n"],
        meta["owner"],
        meta["source"],
        meta["interval"],
        meta["when_empty"],
        meta.get("kind_of_rows"),
        meta["excluded_rows"],
        meta["feeds"],
        list(grains(metric)),
        meta.get("version_since"),
        meta.get("change_note"),
        lock.published_sql(queries),
        print_,
    ]


if __name__ == "__main__":  # set-up: have the project parsed, and metrics and tests compiled, before the first refresh
    fingerprints()
    dbt_runner.compiled()
