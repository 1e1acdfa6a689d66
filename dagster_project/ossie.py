"""The metrics as a semantic model of Apache Ossie (formerly OSI), as far as its core specification 0.2.0.dev0 goes.

An expression there aggregates columns of the tables that a tool reads. So a metric is exported only if it reads
published tables and needs no window of rows (semi-additive measures); the others are named with the reason.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp, parse_one

SPECIFICATION = "0.2.0.dev0"
VENDOR = "OUTCOME_WAREHOUSE"
PUBLISHED = "warehouse"  # the catalog of the published file
_DIMENSION = re.compile(r"\{\{\s*Dimension\('(\w+?)__(\w+)'\)\s*\}\}")
_AGGREGATES = {"sum": "SUM({})", "max": "MAX({})", "average": "AVG({})", "count": "COUNT({})",
               "count_distinct": "COUNT(DISTINCT {})"}  # fmt: skip


class InexpressibleError(Exception):
    """A metric has no expression in the core specification; the message says why."""


@dataclass(frozen=True)
class _Manifest:
    """dbt's semantic manifest by name."""

    models: Mapping[str, dict[str, Any]]
    metrics: Mapping[str, dict[str, Any]]
    measures: Mapping[str, tuple[str, dict[str, Any]]]  # with the model's name
    owners: Mapping[str, str]  # the model of which an entity is the key


def semantic_model(semantic_manifest: str, version: str) -> dict[str, Any]:
    """The semantic model of dbt's semantic manifest. `version` is this project's."""
    manifest = _read(json.loads(semantic_manifest))
    metrics: list[dict[str, Any]] = []
    left_out: dict[str, str] = {}
    for name, metric in sorted(manifest.metrics.items()):
        if "version" not in (meta := metric["config"]["meta"]):
            continue
        try:
            metrics.append(_metric(manifest, name, metric, meta))
        except InexpressibleError as error:
            left_out[name] = str(error)
    models = {name: model for name, model in sorted(manifest.models.items()) if _is_published(model)}
    return {
        "version": SPECIFICATION,
        "name": "outcome_warehouse",
        "description": "Did what we delivered create value? Metrics over the published tables of a portfolio.",
        "ai_context": {
            "instructions": "Every metric, those that are left out here included, has its values with n, confidence "
            "interval and status in metrics.fct_metric_values; prefer them to values that are computed again."
        },
        "datasets": [_dataset(name, model) for name, model in models.items()],
        "relationships": [one for name, model in models.items() for one in _relationships(manifest, name, model)],
        "metrics": metrics,
        "custom_extensions": [_extension({"version": version, "left_out": left_out})],
    }


def _read(content: dict[str, Any]) -> _Manifest:
    models = {model["name"]: model for model in content["semantic_models"]}
    return _Manifest(
        models,
        {metric["name"]: metric for metric in content["metrics"]},
        {measure["name"]: (name, measure) for name, model in models.items() for measure in model["measures"]},
        {e["name"]: name for name, model in models.items() for e in model["entities"] if e["type"] == "primary"},
    )


def left_out(model: dict[str, Any]) -> dict[str, str]:
    """The metrics that a semantic model leaves out, each with the reason."""
    return json.loads(model["custom_extensions"][0]["data"])["left_out"]


def _is_published(model: dict[str, Any]) -> bool:
    return model["node_relation"]["database"] == PUBLISHED


def _extension(data: dict[str, Any]) -> dict[str, str]:
    return {"vendor_name": VENDOR, "data": json.dumps(data, ensure_ascii=False, default=str)}


def _expression(sql: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": sql}]}


def _dataset(name: str, model: dict[str, Any]) -> dict[str, Any]:
    relation = model["node_relation"]
    keys = [e["expr"] or e["name"] for e in model["entities"] if e["type"] == "primary"]
    fields = {e["expr"] or e["name"]: _field(e["expr"] or e["name"], e) for e in model["entities"]}
    fields |= {dimension["name"]: _field(dimension["name"], dimension) for dimension in model["dimensions"]}
    return {
        "name": name,
        "source": f"{relation['database']}.{relation['schema_name']}.{relation['alias']}",
        "primary_key": keys,
        **({"description": model["description"]} if model["description"] else {}),
        "fields": list(fields.values()),
    }


def _field(name: str, given: dict[str, Any]) -> dict[str, Any]:
    described = {key: given[key] for key in ("label", "description") if given.get(key)}
    sql = parse_one(given["expr"] or given["name"], read="duckdb").sql()
    return {
        "name": name,
        "expression": _expression(sql),
        "dimension": {"is_time": given["type"] == "time"},
        **described,
    }


def _relationships(manifest: _Manifest, name: str, model: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for entity in model["entities"]:
        other = manifest.owners.get(entity["name"])
        if entity["type"] != "foreign" or other is None or not _is_published(manifest.models[other]):
            continue
        (key,) = (e for e in manifest.models[other]["entities"] if e["type"] == "primary")
        found.append(
            {
                "name": f"{name}_to_{other}",
                "from": name,
                "to": other,
                "from_columns": [entity["expr"] or entity["name"]],
                "to_columns": [key["expr"] or key["name"]],
            }
        )
    return found


def _metric(manifest: _Manifest, name: str, metric: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    times = {_time(manifest, measure["name"]) for measure in metric["type_params"]["input_measures"]}
    kept = {key: meta[key] for key in ("version", "formula", "unit", "direction", "minimum_n", "when_empty")}
    return {
        "name": name,
        "expression": _expression(_sql(manifest, metric)),
        "description": metric["description"],
        "ai_context": {"synonyms": [metric["label"]]},
        "custom_extensions": [_extension(kept | {"time": sorted(times)})],
    }


def _time(manifest: _Manifest, measure: str) -> str:
    model, found = manifest.measures[measure]
    return f"{model}.{found['agg_time_dimension'] or manifest.models[model]['defaults']['agg_time_dimension']}"


def _sql(manifest: _Manifest, metric: dict[str, Any]) -> str:
    """The expression of a metric, over qualified columns. Raises InexpressibleError."""
    parameters = metric["type_params"]
    match metric["type"]:
        case "simple":
            filters = [metric["filter"], parameters["measure"]["filter"]]
            return _aggregate(manifest, parameters["measure"]["name"], filters)
        case "ratio":
            above, below = (_part(manifest, parameters[part]) for part in ("numerator", "denominator"))
            return f"CAST({above} AS DOUBLE PRECISION) / NULLIF({below}, 0)"
        case "derived":
            parts = {part["alias"] or part["name"]: _part(manifest, part) for part in parameters["metrics"]}
            return _with_columns(parameters["expr"], lambda name: f"({parts[name]})")
        case other:
            raise InexpressibleError(f"it is {other}")


def _part(manifest: _Manifest, part: dict[str, Any]) -> str:
    if part["filter"] or part["offset_window"] or part["offset_to_grain"]:
        raise InexpressibleError("a part of it has a filter or an offset of its own")
    return _sql(manifest, manifest.metrics[part["name"]])


def _aggregate(manifest: _Manifest, name: str, filters: list[dict[str, Any] | None]) -> str:
    model, measure = manifest.measures[name]
    relation = manifest.models[model]["node_relation"]
    if not _is_published(manifest.models[model]):
        raise InexpressibleError(f"it reads {relation['schema_name']}.{relation['alias']}, which is not published")
    if measure["non_additive_dimension"]:
        raise InexpressibleError("it takes the latest row of each window, which the core specification can't say")
    value = _with_columns(measure["expr"] or measure["name"], lambda column: f"{model}.{column}")
    templates = [one["where_sql_template"] for given in filters if given for one in given["where_filters"]]
    if templates:
        conditions = " AND ".join(f"({_condition(manifest, template)})" for template in templates)
        value = f"CASE WHEN {conditions} THEN {value} END"
    if measure["agg"] == "percentile":
        return f"PERCENTILE_CONT({measure['agg_params']['percentile']}) WITHIN GROUP (ORDER BY {value})"
    if measure["agg"] not in _AGGREGATES:
        raise InexpressibleError(f"it aggregates by {measure['agg']}")
    return _AGGREGATES[measure["agg"]].format(value)


def _condition(manifest: _Manifest, template: str) -> str:
    """A filter of MetricFlow as a condition on qualified columns."""

    def column(found: re.Match[str]) -> str:
        model = manifest.owners[found[1]]
        dimension = next(d for d in manifest.models[model]["dimensions"] if d["name"] == found[2])
        sql = _with_columns(dimension["expr"] or dimension["name"], lambda name: f"{model}.{name}")
        return f"({sql})" if " " in sql else sql

    return _DIMENSION.sub(column, template)


def _with_columns(sql: str, by: Callable[[str], str]) -> str:
    """An expression in DuckDB's SQL as standard SQL, with another text for each of its columns."""

    def replaced(node: Any) -> Any:
        return exp.var(by(node.name)) if isinstance(node, exp.Column) else node

    return parse_one(sql, read="duckdb").transform(replaced).sql()
