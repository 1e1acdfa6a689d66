"""`outcomes metrics export`: a semantic model of Apache Ossie, in the shape of its core specification."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from dagster_project import dbt_runner
from dagster_project.ossie import left_out
from tests.end_to_end.harness import TINY, outcomes

EXPRESSION = {
    "type": "object",
    "required": ["dialects"],
    "additionalProperties": False,
    "properties": {
        "dialects": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["dialect", "expression"],
                "additionalProperties": False,
                "properties": {"dialect": {"const": "ANSI_SQL"}, "expression": {"type": "string", "minLength": 1}},
            },
        }
    },
}
TEXT, TEXTS = {"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}


def part(required: str, **more: Any) -> dict[str, Any]:
    """A list of objects of the specification: keys that are required, and others that it knows."""
    known = dict.fromkeys(required.split(), TEXT) | more
    return {
        "type": "array",
        "items": {"type": "object", "required": required.split(), "additionalProperties": False, "properties": known},
    }


# what this project uses of the specification's draft 0.2.0.dev0: one model, at the root of the document
IS_TIME = {"type": "object", "additionalProperties": False, "properties": {"is_time": {"type": "boolean"}}}
FIELDS = part("name expression", expression=EXPRESSION, dimension=IS_TIME, label=TEXT, description=TEXT)
CONTEXT = {"type": "object", "properties": {"instructions": TEXT, "synonyms": TEXTS, "examples": TEXTS}}
EXTENSIONS = part("vendor_name data")
SCHEMA = {
    "type": "object",
    "required": ["version", "name", "datasets"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "0.2.0.dev0"},
        "name": TEXT,
        "description": TEXT,
        "ai_context": CONTEXT,
        "datasets": part("name source", primary_key=TEXTS, description=TEXT, fields=FIELDS),
        "relationships": part("name from to from_columns to_columns", from_columns=TEXTS, to_columns=TEXTS),
        "metrics": part(
            "name expression",
            expression=EXPRESSION,
            description=TEXT,
            ai_context=CONTEXT,
            custom_extensions=EXTENSIONS,
        ),
        "custom_extensions": EXTENSIONS,
    },
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command writes."""
    path = tmp_path_factory.mktemp("export") / "metrics.yaml"
    said = outcomes("metrics", "export", "--output", path, home=path.parent, portfolio=TINY)
    assert said.exit_code == 0, said.err
    return yaml.safe_load(path.read_text())


def test_it_has_the_shape_of_the_specification(exported: dict[str, Any]) -> None:
    jsonschema.validate(exported, SCHEMA)


def test_every_metric_is_exported_or_left_out_with_a_reason(exported: dict[str, Any]) -> None:
    from dagster_project.catalog import declared

    names, left = {metric["name"] for metric in exported["metrics"]}, left_out(exported)
    assert names | left.keys() == declared().keys()
    assert not names & left.keys()
    assert {"cost", "revenue", "on_time_rate"} <= names
    assert left["nps"].endswith("which is not published") and left["key_result_score"].startswith("it ")


def test_relationships_join_datasets_by_columns_that_they_have(exported: dict[str, Any]) -> None:
    fields = {dataset["name"]: {f["name"] for f in dataset["fields"]} for dataset in exported["datasets"]}
    assert exported["relationships"]
    for one in exported["relationships"]:
        assert set(one["from_columns"]) <= fields[one["from"]] and set(one["to_columns"]) <= fields[one["to"]]


def test_as_dbt_s_it_is_what_metricflow_reads(tmp_path: Path) -> None:
    said = outcomes("metrics", "export", "--format", "dbt", home=tmp_path, portfolio=TINY)
    assert json.loads(said.out) == json.loads(dbt_runner.semantic_manifest().read_text())
