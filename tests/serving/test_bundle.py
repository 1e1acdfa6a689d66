"""The dashboard for Apache Superset as its import takes it: whole, and made for one portfolio."""

import io
import zipfile
from pathlib import Path
from typing import Any

import yaml

from serving.bi.bundle import superset_bundle

WAREHOUSE = Path("/data/it's here/serve/current/warehouse.duckdb")


def unpacked(portfolio: str = "acme", title: str = "Acme") -> dict[str, Any]:
    """Each file of a bundle by its name, read as YAML."""
    with zipfile.ZipFile(io.BytesIO(superset_bundle(WAREHOUSE, portfolio, title))) as archive:
        return {name.removeprefix("outcomes/"): yaml.safe_load(archive.read(name)) for name in archive.namelist()}


def below(files: dict[str, Any], folder: str) -> list[Any]:
    """The definitions in a folder of the bundle."""
    return [content for name, content in files.items() if name.startswith(f"{folder}/")]


def test_it_reads_the_portfolio_s_file_and_says_whose_it_is() -> None:
    files = unpacked(title="Anna's: #1")
    [database], [dashboard] = below(files, "databases"), below(files, "dashboards")

    assert database["sqlalchemy_uri"] == f"duckdb:///{WAREHOUSE}"
    assert database["database_name"] == "Outcome Warehouse, Anna's: #1 (acme)"
    assert dashboard["dashboard_title"] == "Anna's: #1: did what we delivered create value?"
    assert dashboard["slug"] == "outcomes-acme"


def test_it_opens_the_file_to_read_only_without_access_to_others() -> None:
    [database] = below(unpacked(), "databases")

    assert database["extra"]["engine_params"]["connect_args"] == {
        "read_only": True,
        "config": {"enable_external_access": "false", "lock_configuration": "true"},
    }
    assert not any(database[name] for name in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


def test_a_chart_shows_no_figure_of_an_earlier_version_from_a_cache() -> None:
    [database] = below(unpacked(), "databases")

    assert database["cache_timeout"] == -1


def test_what_refers_finds_what_it_refers_to() -> None:
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


def test_every_figure_is_filtered_to_one_metric_grain_and_dimension() -> None:
    files = unpacked()
    [values] = [dataset["uuid"] for dataset in below(files, "datasets") if dataset["table_name"] == "fct_metric_values"]
    charts = [chart for chart in below(files, "charts") if chart["dataset_uuid"] == values]

    for chart in charts:
        filtered = {f["subject"] for f in chart["params"]["adhoc_filters"] if f["operator"] == "=="}
        assert filtered == {"metric_name", "grain", "dimension_name"}, chart["slice_name"]
    assert len(charts) >= 4


def test_two_portfolios_have_no_id_in_common_and_one_has_the_same_each_time() -> None:
    ours, others = ({c["uuid"] for c in unpacked(name).values() if "uuid" in c} for name in ("acme", "other"))

    assert not ours & others
    assert superset_bundle(WAREHOUSE, "acme", "Acme") == superset_bundle(WAREHOUSE, "acme", "Acme")
