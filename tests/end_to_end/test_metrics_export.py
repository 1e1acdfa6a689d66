"""The exported expressions, run over the published tables, give the published values."""

from typing import Any

import pytest

from dagster_project import dbt_runner
from dagster_project.ossie import semantic_model
from tests.end_to_end.conftest import Stage
from tests.end_to_end.harness import read, served

pytestmark = pytest.mark.xdist_group("tiny")


def joined(model: dict[str, Any], expression: str) -> str:
    """The datasets that an expression reads, joined by the model's relationships."""
    sources = {one["name"]: one["source"].removeprefix("warehouse.") for one in model["datasets"]}
    read = [name for name in sources if f"{name}." in expression]
    many = [name for name in read if not any(one["to"] == name for one in model["relationships"])]
    sql = f"{sources[many[0]]} as {many[0]}"
    for one in model["relationships"]:
        if one["from"] == many[0] and one["to"] in read:
            (here,), (there,) = one["from_columns"], one["to_columns"]
            sql += f" left join {sources[one['to']]} as {one['to']} on {many[0]}.{here} = {one['to']}.{there}"
    return sql


def test_every_exported_metric_gives_its_published_total(first: Stage) -> None:
    model = semantic_model(dbt_runner.semantic_manifest().read_text(), "0")
    published = {row[0]: row[5] for row in first.figures[0] if row[1] == "all" and row[3] == "total"}
    wrong: dict[str, tuple[Any, Any]] = {}
    measured = 0
    for metric in model["metrics"]:
        (one,) = metric["expression"]["dialects"]
        value = published.get(metric["name"])
        if value is None:
            continue
        measured += 1
        [(found,)] = read(served(first.home), f"select {one['expression']} from {joined(model, one['expression'])}")
        if float(found) != pytest.approx(value):
            wrong[metric["name"]] = (found, value)
    assert wrong == {}
    assert measured > 10
