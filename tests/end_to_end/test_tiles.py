"""The key figures that are written without a page are the tiles of the page."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from serving.dashboard.declared import Kind
from serving.dashboard.declared import charts as charts_of_the_page
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import outcomes, read, served
from tests.end_to_end.pages import drawn_tiles, open_page, written_tiles
from tests.end_to_end.sparse import sparse_portfolio

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]


def test_tiles_are_written_as_the_page_draws_them(acme: Refreshed, browser: Browser, tmp_path: Path) -> None:
    for page in open_page(browser, acme.home / "index.html"):
        drawn = drawn_tiles(page)
    assert drawn == written_tiles(served(acme.home).parent) and len(drawn) >= 6
    said = outcomes("dashboard", "--tiles", tmp_path / "wiki", home=acme.homes, portfolio=acme.folder)
    assert said.exit_code == 0, said.err
    written = {path.name for path in (tmp_path / "wiki").iterdir()}
    assert {f"{metric}.{ending}" for metric, *_ in drawn for ending in ("svg", "json")} <= written
    charts = {chart.metric for chart in charts_of_the_page() if chart.kind is Kind.trend} - {None}
    measured = read(
        served(acme.home),
        "select distinct metric_name from metrics.fct_metric_values "
        "where dimension_name = 'total' and value is not null and grain in ('all', 'fiscal_year', 'quarter', 'month')",
    )
    assert {name.removesuffix(".svg") for name in written if name.endswith(".svg")} == charts & {n for (n,) in measured}


def test_so_are_those_of_a_portfolio_that_gives_little(browser: Browser, tmp_path: Path) -> None:
    said = outcomes("refresh", home=tmp_path, portfolio=sparse_portfolio("only_finance", tmp_path / "portfolio"))
    assert said.exit_code == 0, said.err
    for page in open_page(browser, tmp_path / "only_finance" / "index.html"):
        drawn = drawn_tiles(page)
    assert drawn == written_tiles(served(tmp_path / "only_finance").parent) and drawn


def test_tiles_are_not_written_into_a_page(acme: Refreshed, tmp_path: Path) -> None:
    both = ("dashboard", "--tiles", tmp_path / "wiki", "--output", tmp_path / "page.html")
    said = outcomes(*both, home=acme.homes, portfolio=acme.folder)
    assert said.exit_code == 2 and "give one of them" in said.err and not list(tmp_path.iterdir())
