"""The dashboard for Apache Superset as a ZIP to import, for one portfolio."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

from serving.errors import ReadError
from serving.reader import query
from sources.common.sql import literal

DEFINITIONS = Path(__file__).parent / "superset"
DATASETS = DEFINITIONS / "datasets"
UUID_TEXT = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# the placeholders for the portfolio's names
DATABASE_URI = "duckdb:////srv/outcomes/mine/serve/current/warehouse.duckdb"
DATABASE_NAME = "database_name: Outcome Warehouse\n"
DASHBOARD_TITLE = "dashboard_title: Did what we delivered create value?\n"
SLUG = "slug: outcomes\n"


def superset_bundle(warehouse: Path, portfolio: str, title: str) -> bytes:
    """The ZIP with database, datasets, charts and dashboard, which read the file `warehouse`.

    `portfolio` is its name, `title` its name for people. Each portfolio has its own ids, so one Superset can show
    several; a newer bundle of the same portfolio replaces the older one. Columns and their descriptions are those of
    the file. Raises ReadError if it can't be opened, or lacks a column that a dataset names.
    """
    files = sorted(DEFINITIONS.rglob("*.yaml"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            name = f"outcomes/{path.relative_to(DEFINITIONS).as_posix()}"
            text = path.read_text(encoding="utf-8")
            if path.is_relative_to(DATASETS):
                text = _with_columns(text, warehouse)
            entry = zipfile.ZipInfo(name)  # no timestamp: the same portfolio gives the same bundle
            archive.writestr(entry, _of_portfolio(text, warehouse, portfolio, title))
    return packed.getvalue()


def _with_columns(text: str, warehouse: Path) -> str:
    """A dataset with every column of its table or query; its `columns` are what Superset shows otherwise."""
    dataset: dict[str, Any] = yaml.safe_load(text)
    if dataset["sql"]:
        columns = f"select column_name, column_type, null from (describe {dataset['sql']})"
    else:
        columns = f"""
            select column_name, data_type, comment from duckdb_columns()
            where database_name = current_database()
                and schema_name = {literal(dataset["schema"])} and table_name = {literal(dataset["table_name"])}
            order by column_index
        """
    found = query(warehouse, columns).rows
    own: dict[str, dict[str, str]] = dataset["columns"]
    if unknown := own.keys() - {name for name, _, _ in found}:
        raise ReadError(
            f"{dataset['table_name']} has no column {', '.join(sorted(unknown))}, which the dashboard shows.",
            str(warehouse),
            "run `outcomes refresh`, so that it is published by this release.",
        )
    dataset["columns"] = [
        {
            "column_name": name,
            "verbose_name": None,
            "is_dttm": kind.startswith(("DATE", "TIMESTAMP")),
            "is_active": True,
            "type": kind.partition("(")[0],
            "groupby": True,
            "filterable": True,
            "expression": None,
            "description": comment,
            **own.get(name, {}),
        }
        for name, kind, comment in found
    ]
    return yaml.safe_dump(dataset, allow_unicode=True, sort_keys=False)


def _of_portfolio(text: str, warehouse: Path, portfolio: str, title: str) -> str:
    """A definition's text with the portfolio's file, names and ids."""
    # YAML takes a JSON string as it is
    text = text.replace(DATABASE_URI, f"duckdb:///{warehouse.absolute()}")
    text = text.replace(DATABASE_NAME, f"database_name: {json.dumps(f'Outcome Warehouse, {title} ({portfolio})')}\n")
    text = text.replace(
        DASHBOARD_TITLE, f"dashboard_title: {json.dumps(f'{title}: did what we delivered create value?')}\n"
    )
    text = text.replace(SLUG, f"slug: outcomes-{portfolio}\n")
    return UUID_TEXT.sub(lambda found: str(uuid5(UUID(found[0]), portfolio)), text)
