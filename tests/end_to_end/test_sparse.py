"""No figure of a small portfolio contradicts another, and nothing is said of what isn't given."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.contradictions import Published, faults
from tests.end_to_end.harness import outcomes, served
from tests.end_to_end.pages import Oracle
from tests.end_to_end.sparse import SPARSE, sparse_portfolio

# each costs a refresh: these two lack, between them, every kind of feed
QUICK = ("only_tasks", "only_surveys")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SPARSE]
)
def test_a_portfolio_that_gives_little_says_little(name: str, browser: Browser, tmp_path: Path) -> None:
    said = outcomes("refresh", home=tmp_path, portfolio=sparse_portfolio(name, tmp_path / "portfolio"))
    assert said.exit_code == 0, said.err
    home = tmp_path / name
    oracle = Oracle(served(home))
    try:
        assert faults(browser, Published(oracle, home, "EUR"), 20, 3) == []
    finally:
        oracle.connection.close()
