"""The feeds' contracts in the Open Data Contract Standard (ODCS 3.1), so that a producer can test files before sending.

What the standard has no words for, such as readings, overlaps and warnings, is left out: landing checks more than this.
"""

from collections.abc import Iterable
from typing import Any

from sources.contracts import CALENDAR, Column, ColumnType, Feed

API_VERSION = "v3.1.0"
_LOGICAL: dict[ColumnType, str] = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "decimal": "number",
    "date": "date",
    "timestamp": "timestamp",
    "currency": "string",
}


def contract(feeds: Iterable[Feed], version: str) -> dict[str, Any]:
    """One data contract with one schema object per feed; `version` is that of this project."""
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": "outcome-warehouse-feeds",
        "name": "Feeds of Outcome Warehouse",
        "version": version,
        "status": "active",
        "description": {"purpose": "What a file must look like to land as a feed without a mapping."},
        "schema": [_object(feed) for feed in feeds],
    }


def _object(feed: Feed) -> dict[str, Any]:
    keys = [column.given_as for column in feed.keys]
    quality: list[dict[str, Any]] = []
    if not any(column.nullable_key for column in feed.keys):
        name = "rows_have_a_key_of_their_own"
        checked = {"type": "library", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": keys}}
        quality.append({"name": name, **checked})
    quality += [
        {
            "name": rule.name,
            "description": rule.message,
            "type": "sql",
            "query": f"select count(*) from {{object}} where not coalesce({rule.sql}, true)",
            "mustBe": 0,
        }
        for rule in feed.rules
    ]
    return {
        "name": feed.name,
        "physicalName": feed.name,
        "logicalType": "object",
        "description": feed.description,
        "properties": [_property(column, keys) for column in feed.columns],
        **({"quality": quality} if quality else {}),
    }


def _property(column: Column, keys: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.given_as,
        "logicalType": _LOGICAL[column.type],
        "physicalType": column.sql_type,
        "description": column.description,
        "required": column.must_have_value,
    }
    if column.key and column.must_have_value:
        found |= {"primaryKey": True, "primaryKeyPosition": keys.index(column.given_as) + 1}
    if column.personal:
        found["classification"] = "personal"
    if options := _options(column):
        found["logicalTypeOptions"] = options
    if column.values and column.unknown_values == "reject":
        valid = {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": list(column.values)}}
        found["quality"] = [{"name": f"{column.name}_is_known", "type": "library", **valid}]
    if column.unit:
        found["customProperties"] = [{"property": "unit", "value": column.unit}]
    return found


def _options(column: Column) -> dict[str, Any]:
    if column.type == "currency":
        return {"pattern": "^[A-Z0-9]+$"}
    if column.type == "date":
        first, last = CALENDAR
        within = {} if column.open_ended else {"minimum": str(first), "maximum": str(last)}
        return {"format": "yyyy-MM-dd", **within}
    bounds = {"minimum": column.minimum, "exclusiveMinimum": column.exclusive_minimum, "maximum": column.maximum}
    return {name: value for name, value in bounds.items() if value is not None}
