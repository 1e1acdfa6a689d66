"""The dashboard for Apache Superset as its import takes it: whole, and made for one portfolio."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from serving.bi.bundle import superset_bundle
from serving.dashboard.tiles import Point, Shown
from serving.errors import ReadError
from tests.serving.builds import Built, make_build

Unpacked = Callable[..., dict[str, Any]]
# what the dashboard shows of it beside the columns of every small build
VALUE_COLUMNS = "".join(
    f"alter table outcomes.value_realization add column {column};"
    for column in (
        "entity_name varchar",
        "benefit_reporting_amount decimal(28, 4)",
        "roi double",
        "outcome_score double",
        "evidence_level varchar",
        "delivery_date date",
    )
)
POINT = Point("Jan – Mar 2026", "quarter", None, 31.0, "measured")
FIGURES = [
    Shown(metric, metric, unit, "2025", 1.0, "measured", 1, None, None, (), "1", "", "", False, points)
    for metric, unit, points in (
        *(("nps", "points", (POINT,)), ("roi", "ratio", ()), ("cost", "currency", (POINT,))),
        *(("on_time_rate", "share", (POINT,)), ("throughput", "per_week", (POINT,))),
    )
]
COMMENT = "comment on column outcomes.value_realization.roi is 'Return: what it''s worth'"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with every column that the dashboard names, below a folder with a quote in its name."""
    folder = tmp_path_factory.mktemp("it's here")
    return make_build(folder / "warehouse.duckdb", extra=VALUE_COLUMNS + COMMENT)


@pytest.fixture(scope="module")
def unpacked(warehouse: Path) -> Unpacked:
    """Each file of a bundle by its name, read as YAML."""

    def files(portfolio: str = "acme", title: str = "Acme", figures: Sequence[Shown] = FIGURES) -> dict[str, Any]:
        with zipfile.ZipFile(io.BytesIO(superset_bundle(warehouse, portfolio, title, figures))) as archive:
            return {name.removeprefix("outcomes/"): yaml.safe_load(archive.read(name)) for name in archive.namelist()}

    return files


def below(files: dict[str, Any], folder: str) -> list[Any]:
    """The definitions in a folder of the bundle."""
    return [content for name, content in files.items() if name.startswith(f"{folder}/")]


def test_it_reads_the_portfolio_s_file_and_says_whose_it_is(unpacked: Unpacked, warehouse: Path) -> None:
    files = unpacked(title="Anna's: #1")
    [database], [dashboard] = below(files, "databases"), below(files, "dashboards")

    assert database["sqlalchemy_uri"] == f"duckdb:///{warehouse}"
    assert database["database_name"] == "Outcome Warehouse, Anna's: #1 (acme)"
    assert dashboard["dashboard_title"] == "Anna's: #1: did what we delivered create value?"
    assert dashboard["slug"] == "outcomes-acme"


def test_it_opens_the_file_to_read_only_without_access_to_others(unpacked: Unpacked) -> None:
    [database] = below(unpacked(), "databases")

    assert database["extra"]["engine_params"]["connect_args"] == {
        "read_only": True,
        "config": {"enable_external_access": "false", "lock_configuration": "true"},
    }
    assert not any(database[name] for name in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


def test_a_chart_shows_no_figure_of_an_earlier_version_from_a_cache(unpacked: Unpacked) -> None:
    [database] = below(unpacked(), "databases")

    assert database["cache_timeout"] == -1


def test_what_refers_finds_what_it_refers_to(unpacked: Unpacked) -> None:
    files = unpacked()
    ids = {folder: {c["uuid"] for c in below(files, folder)} for folder in ("databases", "datasets", "charts")}
    [dashboard] = below(files, "dashboards")
    shown = {
        place["meta"]["uuid"]
        for place in dashboard["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    }

    assert {dataset["database_uuid"] for dataset in below(files, "datasets")} == ids["databases"]
    assert {chart["dataset_uuid"] for chart in below(files, "charts")} == ids["datasets"]
    assert shown == ids["charts"]


def test_every_figure_is_filtered_to_one_metric_grain_and_dimension(unpacked: Unpacked) -> None:
    files = unpacked()
    [values] = [dataset["uuid"] for dataset in below(files, "datasets") if dataset["table_name"] == "fct_metric_values"]
    charts = [chart for chart in below(files, "charts") if chart["dataset_uuid"] == values]

    for chart in charts:
        filtered = {f["subject"] for f in chart["params"]["adhoc_filters"] if f["operator"] == "=="}
        assert filtered == {"metric_name", "grain", "dimension_name"}, chart["slice_name"]
    assert len(charts) >= 4


def test_the_dashboard_begins_with_the_key_figures_of_the_page(unpacked: Unpacked) -> None:
    files = unpacked()
    [dashboard] = below(files, "dashboards")
    position, charts = dashboard["position"], {chart["uuid"]: chart for chart in below(files, "charts")}
    rows = position["GRID_ID"]["children"][:2]
    shown = [charts[position[place]["meta"]["uuid"]] for row in rows for place in position[row]["children"]]
    filters = [f for chart in shown for f in chart["params"]["adhoc_filters"]]
    wanted = {f["comparator"] for f in filters if f["operator"] == "=="}
    assert {tuple(f["comparator"]) for f in filters if f["operator"] == "IN"} == {("measured", "incomplete")}
    assert [chart["slice_name"].partition(",")[0] for chart in shown] == [figure.metric for figure in FIGURES]
    assert wanted >= {figure.metric for figure in FIGURES} | {"quarter", "all", "total"}
    assert [chart["viz_type"] for chart in shown[:2]] == ["big_number", "big_number_total"]
    assert [chart["params"]["y_axis_format"] for chart in shown] == ["+.1f", ".1%", ",.0f", ".1%", ",.3~f"]


def test_two_portfolios_have_no_id_in_common_and_one_has_the_same_each_time(
    unpacked: Unpacked, warehouse: Path
) -> None:
    ours, others = ({c["uuid"] for c in unpacked(name).values() if "uuid" in c} for name in ("acme", "other"))

    assert not ours & others
    assert superset_bundle(warehouse, "acme", "Acme") == superset_bundle(warehouse, "acme", "Acme")


def test_a_dataset_has_the_columns_of_its_table_and_what_is_shown_otherwise(unpacked: Unpacked) -> None:
    [dataset] = [d for d in below(unpacked(), "datasets") if d["table_name"] == "value_realization"]
    columns = {
        c["column_name"]: (c["type"], c["is_dttm"], c["verbose_name"], c["description"]) for c in dataset["columns"]
    }

    assert list(columns)[:2] == ["level", "id"] and len(columns) == 12
    assert columns["roi"] == ("DOUBLE", False, "ROI", "Return: what it's worth")
    assert columns["cost_reporting_amount"] == ("DECIMAL", False, "Cost", None)
    assert columns["delivery_date"] == ("DATE", True, None, None)


def test_a_dataset_of_a_query_has_the_columns_that_the_query_gives(unpacked: Unpacked) -> None:
    [dataset] = [d for d in below(unpacked(), "datasets") if d["sql"]]
    columns = {c["column_name"]: (c["type"], c["description"]) for c in dataset["columns"]}

    assert list(columns) == ["metric", "value", "low_95", "high_95", "n", "unit", "status", "metric_name"]
    assert columns["metric"] == ("VARCHAR", "Name shown to people")


def test_a_version_without_a_column_that_the_dashboard_shows_is_an_error(built: Built) -> None:
    with pytest.raises(ReadError, match=r"value_realization has no column benefit_reporting_amount, .*To fix:"):
        superset_bundle(built.build, "acme", "Acme")
