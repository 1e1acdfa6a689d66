"""Keys of the published tables, derived from dbt's tests; the files have no constraints, which would slow writing."""

from collections.abc import Mapping
from typing import Any

from serving.copying import PUBLISHED_SCHEMAS


def published_keys(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """{schema.table: {primary_key: [column], foreign_keys: [{columns, table, referenced_columns}]}}, by name.

    A primary key is a column whose `unique` test stops publishing, a foreign key one whose `relationships` test does.
    """
    nodes = manifest["nodes"]
    found: dict[str, dict[str, Any]] = {}
    for test in _stopping(nodes):
        model = nodes.get(test["attached_node"], {})
        if model.get("schema") not in PUBLISHED_SCHEMAS:
            continue
        keys = found.setdefault(_name(model), {"primary_key": None, "foreign_keys": []})
        given = test["test_metadata"]["kwargs"]
        if test["test_metadata"]["name"] == "unique":
            keys["primary_key"] = keys["primary_key"] or [given["column_name"]]
            continue
        others = [uid for uid in test["depends_on"]["nodes"] if uid != test["attached_node"]]
        key = {
            "columns": [given["column_name"]],
            "table": _name(nodes[others[0]] if others else model),
            "referenced_columns": [given["field"]],
        }
        keys["foreign_keys"].append(key)
    return dict(sorted(found.items()))


def _stopping(nodes: Mapping[str, Any]) -> list[Any]:
    """Tests `unique` and `relationships` on a model, on all of its rows, whose failure stops publishing."""
    return [
        node
        for _, node in sorted(nodes.items())
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in ("unique", "relationships")
        and node.get("attached_node")
        and node["config"]["severity"].lower() == "error"
        and not node["config"].get("where")
    ]


def _name(model: Mapping[str, Any]) -> str:
    return f"{model['schema']}.{model['name']}"
