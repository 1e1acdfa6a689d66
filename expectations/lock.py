"""The lock file: each metric's version with a fingerprint of its definition and compiled SQL.

A changed definition without a new version no longer matches `metrics.lock`, which blocks publishing.
`outcomes fingerprint` writes the file; review its diff like that of requirements.lock.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from expectations.database import to_json
from expectations.metrics import Metric
from expectations.records import CheckRecord

LOCK = Path(str(resources.files("expectations") / "metrics.lock"))
HEAD = "# Written by `outcomes fingerprint`: metric, version, fingerprint of its definition and of its compiled SQL.\n"
NO_OTHERS = "no_metric_is_undefined"
MAX_CHANGED_LINES = 12

Queries = Mapping[str, str]  # `<dimension> by <grain>`: a metric's compiled SQL
Row = Mapping[str, Any]


class Locked(NamedTuple):
    """A line of the lock file."""

    version: int
    fingerprint: str


def read_lock(path: Path = LOCK) -> dict[str, Locked]:
    """The lines of the lock file by metric. Raises ValueError for an unreadable line or a repeated metric."""
    found: dict[str, Locked] = {}
    for line in path.read_text().splitlines():
        match line.split():
            case [] | ["#", *_]:
                continue
            case [name, version, print_] if version.isdigit() and name not in found:
                found[name] = Locked(int(version), print_)
            case _:
                raise ValueError(f"{path.name}: the line {line!r} can't be read. To fix: restore the file")
    return found


def write_lock(
    metrics: Mapping[str, Metric],
    compiled: Mapping[str, Queries],
    same_meaning: Collection[str] = (),
    path: Path = LOCK,
) -> list[str]:
    """Write the lock file; the names of the metrics that changed, were added or removed.

    Raises ValueError, and writes nothing, if a metric changed without a new version and isn't in `same_meaning`.
    """
    before = read_lock(path)
    after = {
        name: Locked(metrics[name].meta.version, fingerprint(metrics[name], compiled[name])) for name in sorted(metrics)
    }
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    unraised = [
        name
        for name in changed
        if name in before and name in after and after[name].version <= before[name].version and name not in same_meaning
    ]
    if unraised:
        raise ValueError(
            f"the definition or SQL of {', '.join(unraised)} changed without a new version. To fix: raise "
            "`version` in the metric's meta, with `version_since` and `change_note`; or, if the meaning is the same, "
            "name the metric with --same-meaning. `outcomes check` shows what changed"
        )
    path.write_text(HEAD + "".join(f"{name} {version} {print_}\n" for name, (version, print_) in after.items()))
    return changed


# ---- fingerprints


def fingerprint(metric: Metric, queries: Queries) -> str:
    """16 hex digits that change with a metric's definition, its description aside, and with the meaning of its SQL."""
    definition = metric.model_dump(mode="json", exclude_none=True, include={"name", "label", "type", "meta"})
    # without what dbt derives, letter case and spaces: what they change is in the SQL
    params = {name: value for name, value in metric.type_params.items() if name != "input_measures"}
    formula = re.sub(r"\s|\\n", "", json.dumps([params, metric.filter], sort_keys=True)).lower()
    text = [json.dumps(definition, sort_keys=True), formula]
    text += [f"{name}: {canonical(sql)}" for name, sql in sorted(queries.items())]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()[:16]


@cache
def canonical(sql: str) -> str:
    """A query in canonical form, without formatting, comments, letter case, catalog and table aliases."""
    tree = normalize_identifiers(sqlglot.parse_one(sql, read="duckdb"), dialect="duckdb")
    names: dict[str, str] = {}
    for alias in tree.find_all(exp.TableAlias):
        if alias.name:
            names.setdefault(alias.name, f"t{len(names)}")
    for node in tree.find_all(exp.TableAlias, exp.Table, exp.Column):
        if isinstance(node, exp.TableAlias) and node.name in names:
            node.set("this", exp.to_identifier(names[node.name]))
        elif isinstance(node, exp.Table):
            node.set("catalog", None)
            if not node.db and node.name in names:
                node.set("this", exp.to_identifier(names[node.name]))
        elif isinstance(node, exp.Column) and node.table in names:
            node.set("table", exp.to_identifier(names[node.table]))
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", False)
    return tree.sql(dialect="duckdb", comments=False)


# ---- the SQL that is published


def published_sql(queries: Queries) -> str:
    """A metric's SQL as `dim_metric` publishes it: one statement per dimension, under a comment that names it.

    Each is at monthly grain if there is one; other grains only group by another period.
    """
    order = sorted(queries, key=lambda name: (not name.startswith("total "), not name.endswith(" by month"), name))
    shown = {name.rpartition(" by ")[0]: name for name in reversed(order)}
    return "\n\n".join(f"-- {name}\n{queries[name]};" for name in order if name in shown.values())


def _statements(published: str) -> dict[str, str]:
    """The statements of `published_sql` by name, each in canonical form, on lines of its own."""
    _, *parts = re.split(r"^-- (\w+ by \w+)$", published, flags=re.MULTILINE)
    return {
        name: sqlglot.parse_one(canonical(sql.strip().removesuffix(";")), read="duckdb").sql("duckdb", pretty=True)
        for name, sql in zip(parts[::2], parts[1::2], strict=True)
    }


# ---- checks


def check_lock(
    metrics: Mapping[str, Metric],
    compiled: Mapping[str, Queries],
    prints: Mapping[str, str],
    build: Path,
    served: Path | None = None,
    lock: Path = LOCK,
) -> list[CheckRecord]:
    """Compare each metric with its line in the lock file, and its row in `metrics.dim_metric` with its definition.

    `prints` holds the metrics' fingerprints. `build` is the built warehouse; `served` the served one, which shows the
    previous definition. One record per metric, and one for metrics that only the lock file or the build has.
    """
    published, before = _rows(build), _rows(served) if served else None
    locked = read_lock(lock)
    others = sorted({*locked, *published} - {*metrics})
    return [
        *(
            _hold(metrics[name], compiled[name], prints[name], locked.get(name), published.get(name), before)
            for name in sorted(metrics)
        ),
        _record(
            NO_OTHERS,
            [f"{name} is not defined" for name in others],
            observed=f"{len(metrics)} metrics",
            expected="every metric in expectations/metrics.lock and metrics.dim_metric is defined in dbt/",
        ),
    ]


def _rows(warehouse: Path) -> dict[str, Row]:
    """The rows of `metrics.dim_metric` by name; empty if there is no such table."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        try:
            rows = connection.execute("select * from metrics.dim_metric")
        except duckdb.CatalogException:
            return {}
        names = [column[0] for column in rows.description or []]
        listed = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return {row["metric_name"]: row for row in listed}


def _hold(
    metric: Metric,
    queries: Queries,
    print_: str,
    locked: Locked | None,
    row: Row | None,
    served: Mapping[str, Row] | None,
) -> CheckRecord:
    """Compare one metric's definition with the lock file and with the build's `dim_metric`."""
    found = Locked(metric.meta.version, print_)
    expected = _expected(metric, queries, found.fingerprint)
    differences: list[str] = []
    sample: str | None = None
    if locked is None:
        differences.append("it is not in expectations/metrics.lock; to fix: `outcomes fingerprint`")
    elif found != locked:
        words, sample = _change(expected, None if served is None else served.get(metric.name))
        differences.append(
            f"expectations/metrics.lock has version {locked.version}, fingerprint {locked.fingerprint}; defined is "
            f"version {found.version}, fingerprint {found.fingerprint} ({words})"
        )
    if row is None:
        differences.append("no row in metrics.dim_metric")
    else:
        differences += [
            f"{column} {_text(a)} defined, {_text(b)} published" for column, a, b in _unequal(expected, row)
        ]
    return _record(
        metric.name,
        differences,
        observed=f"version {found.version}, fingerprint {found.fingerprint}",
        expected=f"the definition of {metric.name} is that of expectations/metrics.lock; a change needs a new version",
        sample=sample,
    )


def _expected(metric: Metric, queries: Queries, print_: str) -> Row:
    """The row of `metrics.dim_metric` that a metric must have, but for its key."""
    meta = metric.meta
    same = (
        "formula", "unit", "direction", "kind", "valid_min", "valid_max", "minimum_n", "owner", "source", "when_empty",
        "version_since", "change_note",
    )  # fmt: skip
    return {
        "metric_name": metric.name,
        "metric_version": meta.version,
        "metric_label": metric.label,
        "description": metric.description,
        "interval_kind": meta.interval,
        "feeds": list(meta.feeds),
        "fingerprint": print_,
        "compiled_sql": published_sql(queries),
    } | {name: getattr(meta, name) for name in same}


def _unequal(expected: Row, row: Row) -> Iterable[tuple[str, Any, Any]]:
    """(column, expected, found) of the columns that differ."""
    return ((column, value, row.get(column)) for column, value in expected.items() if value != row.get(column))


def _change(now: Row, before: Row | None) -> tuple[str, str | None]:
    """What changed since the served version: as text, and the old and the new SQL as a sample."""
    if before is None:
        return "the served version has no such metric to compare with", None
    words = [
        f"{column} {_text(old)} published, {_text(new)} now"
        for column, new, old in _unequal(now, before)
        if column not in ("compiled_sql", "fingerprint")
    ]
    old_sql, new_sql = _statements(before.get("compiled_sql") or ""), _statements(now["compiled_sql"])
    changed = [name for name in [*new_sql, *(old_sql.keys() - new_sql)] if old_sql.get(name) != new_sql.get(name)]
    if changed:
        name, *others = changed
        also = f" (also changed: {', '.join(others)})" if others else ""
        words.append(f"its SQL, {name}: {_lines(old_sql.get(name, ''), new_sql.get(name, ''))}{also}")
    beside = [{"query": n, "old_sql": old_sql.get(n), "new_sql": new_sql.get(n)} for n in changed]
    nothing = "no published part of it differs: it is in a metric it is made of, another grain, or the lock file itself"
    return "; ".join(words) or nothing, to_json(beside) if beside else None


def _lines(old: str, new: str) -> str:
    """The lines of SQL that differ, in one line."""
    lines = [*difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")][2:]
    changed = [" ".join(line.split()) for line in lines if not line.startswith("@@")]
    return "; ".join(changed[:MAX_CHANGED_LINES]) + ("; …" if len(changed) > MAX_CHANGED_LINES else "")


def _text(value: object) -> str:
    text = "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _record(
    name: str, differences: list[str], *, observed: str, expected: str, sample: str | None = None
) -> CheckRecord:
    shown = f"select * exclude (compiled_sql) from metrics.dim_metric where metric_name = '{name}'"
    return CheckRecord(
        check_name=name,
        suite="lock",
        object_name="metrics.dim_metric",
        severity="fail",
        status="failed" if differences else "passed",
        observed=f"{name}: {'; '.join(differences)}" if differences else observed,
        expected=expected,
        failing_rows=len(differences),
        sample=sample,
        rows_sql=shown if differences else None,
    )
