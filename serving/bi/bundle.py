"""The dashboard for Apache Superset as a ZIP to import, for one portfolio."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

from serving.dashboard.tiles import Shown
from serving.errors import ReadError
from serving.reader import query
from serving.words import unit_style
from sources.common.sql import literal

DEFINITIONS = Path(__file__).parent / "superset"
DATASETS = DEFINITIONS / "datasets"
DASHBOARDS = DEFINITIONS / "dashboards"
UUID_TEXT = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# the placeholders for the portfolio's names
DATABASE_URI = "duckdb:////srv/outcomes/mine/serve/current/warehouse.duckdb"
DATABASE_NAME = "database_name: Outcome Warehouse\n"
KEY_FIGURE = Path(__file__).parent / "key_figure.yaml"
FORMATS = {"share": ".1%", "money": ",.0f", "points": "+.1f"}  # by the style of a unit
IN_A_ROW = 4  # key figures
DASHBOARD_TITLE = "dashboard_title: Did what we delivered create value?\n"
SLUG = "slug: outcomes\n"


def superset_bundle(warehouse: Path, portfolio: str, title: str, figures: Sequence[Shown] = ()) -> bytes:
    """The ZIP with database, datasets, charts and dashboard, which read the file `warehouse`.

    `portfolio` is its name, `title` its name for people, `figures` are the tiles of its page. Each portfolio has its
    own ids, so one Superset can show several; a newer bundle of the same portfolio replaces the older one. Columns and
    their descriptions are those of the file. Raises ReadError if it can't be opened, or lacks a column that is shown.
    """
    charts = [_key_figure(figure) for figure in figures]
    files: dict[str, str] = {}
    for path in DEFINITIONS.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.is_relative_to(DATASETS):
            text = _with_columns(text, warehouse)
        elif path.is_relative_to(DASHBOARDS):
            text = _with_key_figures(text, charts)
        files[path.relative_to(DEFINITIONS).as_posix()] = text
    for figure, chart in zip(figures, charts, strict=True):
        files[f"charts/key_figure_{figure.metric}.yaml"] = _yaml(chart)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"outcomes/{name}")  # no timestamp: the same portfolio gives the same bundle
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
    return _yaml(dataset)


def _key_figure(figure: Shown) -> dict[str, Any]:
    """The chart of a tile: its newest value with its line, or its value over all time."""
    chart: dict[str, Any] = yaml.safe_load(KEY_FIGURE.read_text(encoding="utf-8"))
    grain = figure.points[-1].grain if figure.points else "all"
    per = {"quarter": "by quarter", "month": "by month", "fiscal_year": "by fiscal year", "all": "all time"}[grain]
    kind = "big_number" if figure.points else "big_number_total"
    filters = {"metric_name": figure.metric, "grain": grain, "dimension_name": "total"}
    chart |= {
        "slice_name": f"{figure.label}, {per}",
        "description": "The newest period with enough data; it may not be over." if figure.points else None,
        "viz_type": kind,
        "uuid": str(uuid5(UUID(chart["dataset_uuid"]), figure.metric)),
    }
    chart["params"] |= {
        "viz_type": kind,
        "y_axis_format": FORMATS.get(unit_style(figure.unit), chart["params"]["y_axis_format"]),
        "adhoc_filters": [
            {
                "clause": "WHERE",
                "expressionType": "SIMPLE",
                "subject": subject,
                "operator": "==",
                "operatorId": "EQUALS",
                "comparator": value,
            }
            for subject, value in filters.items()
        ]
        + chart["params"]["adhoc_filters"],
    }
    return chart


def _with_key_figures(text: str, charts: Sequence[dict[str, Any]]) -> str:
    """The dashboard with the key figures' charts first."""
    dashboard: dict[str, Any] = yaml.safe_load(text)
    position = dashboard["position"]
    above = ["ROOT_ID", "GRID_ID"]
    rows: list[str] = []
    for first in range(0, len(charts), IN_A_ROW):
        row, shown = f"ROW-key-figures-{first}", charts[first : first + IN_A_ROW]
        rows.append(row)
        places = [f"CHART-key-figure-{first + place}" for place in range(len(shown))]
        position[row] = {
            "type": "ROW",
            "id": row,
            "children": places,
            "parents": above,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for place, chart in zip(places, shown, strict=True):
            position[place] = {
                "type": "CHART",
                "id": place,
                "children": [],
                "parents": [*above, row],
                "meta": {
                    "chartId": 0,
                    "width": 12 // IN_A_ROW,
                    "height": 30,
                    "sliceName": chart["slice_name"],
                    "uuid": chart["uuid"],
                },
            }
    position["GRID_ID"]["children"] = [*rows, *position["GRID_ID"]["children"]]
    return _yaml(dashboard)


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)


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
