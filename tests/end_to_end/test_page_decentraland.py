"""The executive page of a real record with all its gaps: every figure against the warehouse, and what is not known said."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.contradictions import Published, faults
from tests.end_to_end.harness import served
from tests.end_to_end.pages import (
    UNFOLDED,
    Oracle,
    choose,
    differences,
    open_page,
    seen,
    serious,
    trends,
)

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("decentraland")]


@pytest.fixture(scope="module")
def oracle(dao: Refreshed) -> Generator[Oracle]:
    found = Oracle(served(dao.home))
    yield found
    found.connection.close()


@pytest.fixture
def page(dao: Refreshed, browser: Browser) -> Generator[Page]:
    yield from open_page(browser, dao.home / "index.html", f"#{UNFOLDED}")


@pytest.mark.parametrize(("seed", "states"), [(1, 40), pytest.param(2, 60, marks=pytest.mark.slow)])
def test_every_figure_equals_the_warehouse_whatever_is_chosen(
    page: Page, oracle: Oracle, seed: int, states: int
) -> None:
    shown = trends(oracle)
    wrong: list[str] = []
    for choice in oracle.choices(states, seed):
        choose(page, choice.address)
        wrong += differences(oracle, choice, page, "USD", shown)
    assert wrong == []


def test_no_figure_contradicts_another_and_no_sentence_says_too_much(
    dao: Refreshed, oracle: Oracle, browser: Browser
) -> None:
    assert faults(browser, Published(oracle, dao.home, "USD"), 10, 3) == []


def test_what_nobody_measured_is_a_sentence_and_no_empty_panel(page: Page) -> None:
    figures = seen(page)["figures"]
    assert figures["goal_progress"]["bare"] and figures["initiative_quadrant"]["bare"]
    expect(page.locator("#outcomes .unmeasured")).to_contain_text(
        "Whether customers would recommend us (NPS) is not measured: no answers on it are known."
    )
    empty = page.evaluate(
        """() => [...document.querySelectorAll('figure[data-chart]:not([hidden]):not(.bare)')]
        .filter(one => !one.closest('[hidden]') && one.querySelector('.body').childElementCount === 0).map(one => one.id)"""
    )
    assert empty == []


def test_without_goals_nothing_is_said_to_be_well(page: Page) -> None:
    figures = seen(page)["figures"]
    assert figures["goals_behind"]["title"] == "No goal is known, so none can be behind."
    assert figures["smart"]["title"] == "No goal is known, so there is none to improve."


def test_axe_finds_no_serious_issue(dao: Refreshed, browser: Browser) -> None:
    assert serious(browser, dao.home / "index.html", f"#{UNFOLDED}", "light") == []
