"""Keys of the published tables, as dbt's tests prove them."""

from typing import Any

from dagster_project import dbt_runner
from dagster_project.keys import published_keys
from serving.copying import PUBLISHED_SCHEMAS
from tests.dagster_project.keys_page import DOCUMENT, page

MODELS = {
    "model.p.dim_team": {"resource_type": "model", "schema": "core", "name": "dim_team"},
    "model.p.fct_work": {"resource_type": "model", "schema": "core", "name": "fct_work"},
    "model.p.stg_work": {"resource_type": "model", "schema": "staging", "name": "stg_work"},
}


def check(kind: str, model: str, severity: str = "ERROR", where: str | None = None, **given: str) -> dict[str, Any]:
    """A dbt test of the manifest; with `to` it depends on that model as well."""
    there = [f"model.p.{given.pop('to')}"] if "to" in given else []
    return {
        "resource_type": "test",
        "attached_node": f"model.p.{model}",
        "test_metadata": {"name": kind, "kwargs": given},
        "depends_on": {"nodes": [*there, f"model.p.{model}"]},
        "config": {"severity": severity, "where": where},
    }


def keys(*checks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys that these tests prove."""
    return published_keys({"nodes": MODELS | {f"test.p.{number}": test for number, test in enumerate(checks)}})


def test_what_is_unique_is_a_primary_key_and_a_relationship_a_foreign_one() -> None:
    found = keys(
        check("unique", "fct_work", column_name="work_key"),
        check("relationships", "fct_work", column_name="team_key", to="dim_team", field="team_key"),
    )

    assert found == {
        "core.fct_work": {
            "primary_key": ["work_key"],
            "foreign_keys": [{"columns": ["team_key"], "table": "core.dim_team", "referenced_columns": ["team_key"]}],
        }
    }


def test_a_table_may_refer_to_itself() -> None:
    found = keys(check("relationships", "dim_team", column_name="parent_key", field="team_key"))

    assert found["core.dim_team"]["foreign_keys"][0]["table"] == "core.dim_team"


def test_what_only_warns_or_holds_for_some_rows_or_is_not_published_is_no_key() -> None:
    found = keys(
        check("unique", "fct_work", column_name="work_key", severity="WARN"),
        check("unique", "dim_team", column_name="team_key", where="is_current"),
        check("unique", "stg_work", column_name="work_id"),
        check("not_null", "fct_work", column_name="work_key"),
    )

    assert found == {}


def test_the_page_lists_the_keys_that_there_are() -> None:
    assert DOCUMENT.read_text() == page(), "python -m tests.dagster_project.keys_page --write"


def test_every_published_table_has_a_primary_key() -> None:
    nodes = dbt_runner.manifest()["nodes"].values()
    tables = {
        f"{n['schema']}.{n['name']}"
        for n in nodes
        if n["resource_type"] == "model" and n["schema"] in PUBLISHED_SCHEMAS
    }
    found = published_keys(dbt_runner.manifest())

    assert {name for name in tables if not found.get(name, {}).get("primary_key")} == set()


def test_every_published_table_and_column_is_described() -> None:
    nodes = dbt_runner.manifest()["nodes"].values()
    models = [n for n in nodes if n["resource_type"] == "model" and n["schema"] in PUBLISHED_SCHEMAS]
    bare = [n["name"] for n in models if not n["description"]]
    bare += [
        f"{n['name']}.{name}" for n in models for name, column in n["columns"].items() if not column["description"]
    ]

    assert bare == []
