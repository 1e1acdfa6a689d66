"""No figure of a small portfolio contradicts another or the warehouse, and the page claims nothing about what isn't given."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.contradictions import Published, faults
from tests.end_to_end.harness import outcomes, served
from tests.end_to_end.pages import Oracle, choose, differences, open_page, trends
from tests.end_to_end.sparse import SPARSE, sparse_portfolio

pytestmark = pytest.mark.long

# each costs a refresh: these two lack, between them, every kind of feed
QUICK = ("only_tasks", "only_surveys")


@dataclass(frozen=True)
class Little:
    """A sparse portfolio after its refresh."""

    home: Path
    oracle: Oracle


@pytest.fixture(
    scope="module", params=[name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SPARSE]
)
def little(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Little]:
    folder = tmp_path_factory.mktemp(request.param)
    said = outcomes("refresh", home=folder, portfolio=sparse_portfolio(request.param, folder / "portfolio"))
    assert said.exit_code == 0, said.err
    home = folder / request.param
    oracle = Oracle(served(home))
    yield Little(home, oracle)
    oracle.connection.close()


def test_a_portfolio_that_gives_little_says_little(little: Little, browser: Browser) -> None:
    assert faults(browser, Published(little.oracle, little.home, "EUR"), 20, 3) == []


def test_every_figure_equals_the_warehouse_whatever_is_chosen(little: Little, browser: Browser) -> None:
    shown, wrong = trends(little.oracle), list[str]()
    for page in open_page(browser, little.home / "index.html"):
        for choice in little.oracle.choices(60, 1):
            choose(page, choice.address)
            wrong += differences(little.oracle, choice, page, "EUR", shown)
    assert wrong == []


def test_a_folded_section_is_silent_only_where_none_of_its_metrics_is_shown(little: Little, browser: Browser) -> None:
    for page in open_page(browser, little.home / "index.html"):
        silent = page.locator("main > section").filter(has_text="Too little of it is measured to tell.")
        for section in silent.all():
            section.locator(".toggle").click()
            shown = [one.inner_text() for one in section.locator(".panel.trend .title").all() if one.is_visible()]
            assert [title for title in shown if not title.startswith("Too few ")] == []  # which shows no figure
