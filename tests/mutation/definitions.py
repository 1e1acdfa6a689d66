"""Small mistakes in a metric's definition: in its filters, its formula, its measures, its dates, its parts, its meta.

They are made in MetricFlow's view of the project (`semantic_manifest.json`), which holds what the YAML says, and in `meta`;
MetricFlow then compiles the metric's queries again.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dagster_project import dbt_runner, measure
from dagster_project.measure import PARTS, Compiled
from expectations.lock import fingerprint
from tests.mutation.baseline import clone
from tests.mutation.operators import Mutant, mutated_expressions
from tests.mutation.warehouse import DEFINITIONS, Start, Warehouse

Json = dict[str, Any]
Edit = Callable[[Json, Json], None]  # of the semantic manifest and of dbt's manifest, in place
Found = Iterator[tuple[str, str, str, str, Edit]]  # operator, place, before, after, edit

_AGGREGATES = {
    "sum": ("average", "max"),
    "count": ("count_distinct",),
    "count_distinct": ("count",),
    "average": ("sum", "max"),
    "max": ("min",),
    "min": ("max",),
    "median": ("average",),
    "percentile": ("average",),
    "sum_boolean": ("count",),
}
_FLIPPED = {
    "when_empty": {"zero": "not_measured", "not_measured": "zero"},
    "excluded_rows": {"apart": "incomplete", "incomplete": "apart", "incomplete_if_most": "apart"},
    "interval": {"wilson": "none", "nps": "none", "welch": "none", "none": "wilson"},
}


@dataclass(frozen=True)
class Definitions:
    """The metrics as they are defined, and how to change one."""

    semantic: Json
    manifest: Json
    compiled: tuple[Compiled, ...]
    columns: Mapping[str, set[str]]  # of each table, by its last name

    def metrics(self) -> list[str]:
        """The governed metrics."""
        return sorted(measure.governed(self.manifest))

    def mutants(self, metric: str) -> list[Mutant]:
        """Every mistake in what one metric is made of; each one's `apply` names its edit for `start`."""
        seen: Counter[tuple[str, ...]] = Counter()
        found: list[Mutant] = []
        for operator, place, before, after, edit in self._edits(metric):
            if before == after:
                continue
            key = (operator, place, before, after)
            found.append(_DefinitionMutant(f"metric:{metric}", *key, seen[key], lambda: "", edit))
            seen[key] += 1
        return found

    def start(self, warehouse: Warehouse, metric: str, mutant: Mutant) -> tuple[Start, bool]:
        """What a mutant changes in a warehouse, and whether its SQL's fingerprint shows it.

        Other metrics that share the changed part stay as they are: it is this one's own guards that must notice.
        Raises what MetricFlow raises of a definition that it can't compile.
        """
        assert isinstance(mutant, _DefinitionMutant)
        semantic, manifest = clone(self.semantic), dict(self.manifest) | {"metrics": clone(self.manifest["metrics"])}
        mutant.edit(semantic, manifest)
        requests = [request for request in measure._requests(manifest) if request[0] == metric]
        late = metric in measure.second_round(manifest)
        compiled = [replace(e, is_second_round=late) for e in measure._compile(_ordered(semantic), requests)]
        before, now = (measure.sql_by_metric(sql)[metric] for sql in (self.compiled, compiled))
        defined = measure.metrics()[metric]
        print_ = fingerprint(defined, before)
        old = {(e.grain, e.dimension): e for e in self.compiled if e.metric == metric}
        changed = tuple(e for e in compiled if e != old[e.grain, e.dimension])
        definition = [*measure._definition(metric, measure.governed(manifest)[metric], before, print_), late]
        connection = warehouse.connection
        full = warehouse.name(DEFINITIONS)
        connection.execute(f"create or replace temp table defined as from {full} where metric_name <> ?", [metric])
        connection.execute(f"insert into temp.defined values ({', '.join('?' * len(definition))})", definition)
        return Start(compiled=changed, tables={DEFINITIONS: "from temp.defined"}), fingerprint(defined, now) != print_

    # ---- edits

    def _edits(self, metric: str) -> Found:
        names = self._closure(metric)
        for name in names:
            yield from self._of_metric(name)
        for model, measure_ in self._measures(names):
            yield from self._of_measure(model, measure_)
        yield from self._of_meta(metric)

    def _closure(self, metric: str) -> list[str]:
        """A metric, its parts, and the metrics that these are made of."""
        todo, found = [metric, *_meta(self.manifest, metric, PARTS).values()], list[str]()
        while todo:
            name = todo.pop(0)
            if name not in found:
                found.append(name)
                todo += [i["name"] for i in _inputs(_named(self.semantic["metrics"], name))]
        return found

    def _measures(self, names: list[str]) -> list[tuple[str, str]]:
        """The measures behind metrics, each with its semantic model."""
        wanted = {
            used["name"]
            for name in names
            for used in _named(self.semantic["metrics"], name)["type_params"]["input_measures"]
        }
        return [
            (s["name"], m["name"])
            for s in self.semantic["semantic_models"]
            for m in s["measures"]
            if m["name"] in wanted
        ]

    def _of_metric(self, name: str) -> Found:
        metric = _named(self.semantic["metrics"], name)
        for path, template in _templates(metric):
            yield from self._of_filter(name, path, template)
        params = metric["type_params"]
        if params["expr"] and metric["type"] == "derived":
            for operator, before, after, whole in mutated_expressions(params["expr"]):
                yield (
                    operator,
                    f"formula of {name}",
                    before,
                    after,
                    _setting(("metrics", name, "type_params", "expr"), whole),
                )
        if metric["type"] == "ratio":
            top, bottom = params["numerator"], params["denominator"]
            both = {"numerator": bottom, "denominator": top}
            yield (
                "denominator",
                name,
                f"{top['name']} / {bottom['name']}",
                f"{bottom['name']} / {top['name']}",
                _updating(name, both),
            )
        if len(inputs := params["metrics"] or []) > 1:
            turned = [i | {"alias": o["alias"] or o["name"]} for i, o in zip(inputs, reversed(inputs), strict=True)]
            text = ", ".join(i["name"] for i in inputs)
            yield "denominator", name, text, f"{text} the other way round", _updating(name, {"metrics": turned})
        if (used := params["measure"]) is not None:
            filled = None if used["fill_nulls_with"] is not None else 0
            yield (
                "coalesce",
                name,
                f"fill_nulls_with {used['fill_nulls_with']}",
                f"fill_nulls_with {filled}",
                _filling(name, used["name"], filled),
            )
        cumulative = params.get("cumulative_type_params") or {}
        if window := cumulative.get("window"):
            more = cumulative | {"window": window | {"count": window["count"] + 1}}
            yield (
                "off_by_one",
                name,
                f"window {window['count']}",
                f"window {window['count'] + 1}",
                _updating(name, {"cumulative_type_params": more}),
            )

    def _of_filter(self, name: str, path: tuple[Any, ...], template: str) -> Found:
        terms = list(dict.fromkeys(re.findall(r"\{\{.*?\}\}", template)))
        text = template
        for number, term in enumerate(terms):
            text = text.replace(term, f"term_{number}_")

        def back(sql: str) -> str:
            for number, term in enumerate(terms):
                sql = sql.replace(f"term_{number}_", term)
            return sql

        place = f"filter of {name}"
        yield "filter", place, template, "", _setting(("metrics", name, *path), "1 = 1")
        for operator, before, after, whole in mutated_expressions(text):
            yield operator, place, back(before), back(after), _setting(("metrics", name, *path), back(whole))

    def _of_measure(self, model: str, name: str) -> Found:
        semantic = _named(self.semantic["semantic_models"], model)
        measured = _named(semantic["measures"], name)
        place = f"measure {name}"
        for other in _AGGREGATES.get(measured["agg"], ()):
            yield (
                "aggregate",
                place,
                measured["agg"],
                other,
                _measuring(model, name, {"agg": other, "agg_params": None}),
            )
        if measured["agg"] == "percentile":
            params = measured["agg_params"]
            other = params | {"use_discrete_percentile": not params["use_discrete_percentile"]}
            yield "aggregate", place, "continuous", "discrete", _measuring(model, name, {"agg_params": other})
        expression = measured["expr"] or name
        if expression == "1":
            yield "unit", place, "1", "2", _measuring(model, name, {"expr": "2"})
        for operator, before, after, whole in mutated_expressions(expression):
            yield operator, place, before, after, _measuring(model, name, {"expr": whole})
        times = [d["name"] for d in semantic["dimensions"] if d["type"] == "time"]
        used = measured["agg_time_dimension"] or semantic["defaults"]["agg_time_dimension"]
        for other in times:
            if other != used:
                yield "wrong_date", place, used, other, _measuring(model, name, {"agg_time_dimension": other})
        columns = self.columns[semantic["node_relation"]["alias"]]
        for entity in semantic["entities"]:
            key = entity["expr"] or ""
            then = key.removeprefix("current_")
            if key != then and then in columns:
                yield "join_key", f"entity {entity['name']} of {model}", key, then, _keying(model, entity["name"], then)

    def _of_meta(self, metric: str) -> Found:
        parts = _meta(self.manifest, metric, PARTS)
        for part, used in parts.items():
            other = next((o for o in parts.values() if o != used), None)
            if part != "n" and part in ("numerator", "denominator") and other:
                yield "denominator", "meta", f"{part}: {used}", f"{part}: {other}", _describing(metric, part, other)
            elif other:
                yield "aggregate", "meta", f"{part}: {used}", f"{part}: {other}", _describing(metric, part, other)
        if "excluded" in parts:
            yield "filter", "meta", f"excluded: {parts['excluded']}", "", _describing(metric, "excluded", None)
        for name, values in _FLIPPED.items():
            for value in _meta(self.manifest, metric, (name,)).values():
                if not (name == "interval" and values[value] == "wilson" and "denominator" not in parts):
                    text = f"{name}: {values[value]}"
                    yield (
                        "coalesce" if name == "when_empty" else "branch",
                        "meta",
                        f"{name}: {value}",
                        text,
                        _describing(metric, name, values[value]),
                    )


@dataclass(frozen=True)
class _DefinitionMutant(Mutant):
    edit: Edit


def definitions(warehouse: Warehouse) -> Definitions:
    """The project's definitions."""
    columns: dict[str, set[str]] = {}
    for table, column in warehouse.connection.execute(
        "select table_name, column_name from duckdb_columns()"
    ).fetchall():
        columns.setdefault(table, set()).add(column)
    semantic = json.loads(dbt_runner.semantic_manifest().read_text())
    return Definitions(semantic, warehouse.baseline.manifest, warehouse.baseline.compiled, columns)


def _ordered(semantic: Json) -> str:
    for kind in ("metrics", "saved_queries", "semantic_models"):
        semantic[kind].sort(key=lambda entry: entry["name"])
    return json.dumps(semantic, sort_keys=True)


def _named(entries: list[Json], name: str) -> Json:
    return next(entry for entry in entries if entry["name"] == name)


def _inputs(metric: Json) -> list[Json]:
    params = metric["type_params"]
    found = [params["numerator"], params["denominator"], *(params["metrics"] or [])]
    cumulative = params.get("cumulative_type_params") or {}
    return [i for i in [*found, cumulative.get("metric")] if i]


def _meta(manifest: Json, metric: str, names: tuple[str, ...]) -> dict[str, str]:
    meta = measure.governed(manifest)[metric]["config"]["meta"]
    return {name: meta[name] for name in names if name in meta}


def _templates(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every filter in a metric: where it stands and its text; the copies that dbt lists in `input_measures` aside."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "where_sql_template":
                yield (*path, key), value
            elif key != "input_measures":
                yield from _templates(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _templates(value, (*path, number))


def _setting(path: tuple[Any, ...], value: Any) -> Edit:
    def edit(semantic: Json, _: Json) -> None:
        node: Any = _named(semantic[path[0]], path[1])
        for step in path[2:-1]:
            node = node[step]
        node[path[-1]] = value

    return edit


def _updating(name: str, values: Json) -> Edit:
    return lambda semantic, _: _named(semantic["metrics"], name)["type_params"].update(values)


def _filling(name: str, used: str, value: int | None) -> Edit:
    def edit(semantic: Json, _: Json) -> None:
        params = _named(semantic["metrics"], name)["type_params"]
        for measure_ in [params["measure"], *(m for m in params["input_measures"] if m["name"] == used)]:
            measure_["fill_nulls_with"] = value

    return edit


def _measuring(model: str, name: str, values: Json) -> Edit:
    return lambda semantic, _: _named(_named(semantic["semantic_models"], model)["measures"], name).update(values)


def _keying(model: str, entity: str, key: str) -> Edit:
    return lambda semantic, _: _named(_named(semantic["semantic_models"], model)["entities"], entity).update(expr=key)


def _describing(metric: str, name: str, value: str | None) -> Edit:
    def edit(_: Json, manifest: Json) -> None:
        meta = measure.governed(manifest)[metric]["config"]["meta"]
        if value is None:
            del meta[name]
        else:
            meta[name] = value

    return edit
