"""Which metrics a check is about: by the rows that it found, else by the table that it looked at."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import dbt_runner
from expectations.database import open_build
from expectations.records import CheckRecord
from sources.common.limits import Limits


def with_metrics(
    records: Iterable[CheckRecord], warehouse: Path, stage: Path, limits: Limits | None = None
) -> list[CheckRecord]:
    """The records of the checks of a build, those that warned with the metrics that they are about."""
    with open_build(warehouse, stage, limits) as connection:
        return [
            record.model_copy(update={"metrics": tuple(sorted(_found(connection, record) or metrics_of(record)))})
            if record.status == "warned"
            else record
            for record in records
        ]


def metrics_of(record: CheckRecord) -> list[str]:
    """The metrics that a check is about, whatever rows it found: its own, else all that are computed from its table."""
    if record.suite in ("lock", "recomputation"):
        named = [
            name
            for name in labels()
            if record.check_name == name or record.check_name.startswith((f"{name}_by_", f"{name}_total"))
        ]
        return [max(named, key=len)] if named else []
    return _computed_from().get(record.object_name.removeprefix("stage."), [])


def labels() -> Mapping[str, str]:
    """{metric: its label}."""
    return {metric["name"]: metric["label"] for metric in _governed()}


@cache
def _governed() -> list[dict[str, Any]]:
    return [metric for metric in dbt_runner.manifest()["metrics"].values() if "version" in metric["config"]["meta"]]


def _feeds() -> Mapping[str, list[str]]:
    """{metric: the feeds that it needs}."""
    return {metric["name"]: metric["config"]["meta"]["feeds"] for metric in _governed()}


def _found(connection: duckdb.DuckDBPyConnection, record: CheckRecord) -> set[str]:
    """The metrics that the failing rows name, or whose feeds they name; none where they name neither."""
    if record.rows_sql is None:
        return set()
    rows = connection.sql(record.rows_sql)
    if "metric_name" in rows.columns:
        return {name for (name,) in rows.project("metric_name").distinct().fetchall()} & labels().keys()
    if "feed" not in rows.columns:
        return set()
    feeds = {feed for (feed,) in rows.project("feed").distinct().fetchall()}
    return {name for name, needed in _feeds().items() if not feeds.isdisjoint(needed)}


@cache
def _computed_from() -> Mapping[str, list[str]]:
    """{schema.table: the metrics that are computed from it}, over all models and feeds of the project."""
    manifest, known = dbt_runner.manifest(), labels()
    children: Mapping[str, list[str]] = manifest["child_map"]

    @cache
    def below(uid: str) -> frozenset[str]:
        own = manifest["metrics"].get(uid, {}).get("name")
        return frozenset({own} if own in known else ()).union(*(below(child) for child in children.get(uid, [])))

    tables = {**dbt_runner.models(), **manifest["sources"]}
    return {f"{node['schema']}.{node['name']}": sorted(below(uid)) for uid, node in tables.items()}
