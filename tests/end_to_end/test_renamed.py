"""A renamed status, refreshed while nothing explains the old name, and again with the feed `statuses`."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.harness import outcomes, read, served
from tests.end_to_end.renamed import renamed_portfolio

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("renamed")]

PARTS = """
    select named.deliverable_id, parts.allocation_basis, parts.allocated_reporting_amount
    from core.fct_cost_allocations as parts inner join core.dim_deliverable as named using (deliverable_key)
    order by all
"""
FLOW = """
    select round(value, 9), n, n_excluded, status from metrics.fct_metric_values
    where metric_name = 'flow_efficiency' and grain = 'all' and dimension_name = 'total'
"""
WARNED = "select status, sample from audit.fct_check_results where check_name = 'statuses_are_explained' and is_current"


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return renamed_portfolio(tmp_path_factory.mktemp("portfolio") / "renamed")


@pytest.fixture(scope="module")
def unexplained(portfolio: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a refresh in which nothing says what `In Dev` meant."""
    home = tmp_path_factory.mktemp("home")
    said = outcomes("refresh", home=home, portfolio=portfolio)
    assert said.exit_code == 0, said.out + said.err
    return home / "renamed"


@pytest.fixture(scope="module")
def explained(portfolio: Path, unexplained: Path) -> Path:
    """The home after a refresh with the feed that says so."""
    (portfolio / "feeds" / "statuses.csv").write_text("source,status,category,since\nfiles,In Dev,In Progress,\n")
    said = outcomes("refresh", home=unexplained.parent, portfolio=portfolio)
    assert said.exit_code == 0, said.out + said.err
    return unexplained


def test_cost_is_split_equally_where_days_in_progress_are_unknown(unexplained: Path) -> None:
    assert read(served(unexplained), PARTS) == [("A", "equal", Decimal(500)), ("B", "equal", Decimal(500))]


def test_work_of_unknown_status_is_excluded_from_flow_efficiency_and_counted(unexplained: Path) -> None:
    # B: 5 days of the 36 less 2 hours from 20 March 01:00 to 25 April 00:00 in Berlin, with a change of clocks between
    assert read(served(unexplained), FLOW) == [(round(5 * 24 / (36 * 24 - 2), 9), 1, 1, "insufficient_sample")]


def test_a_warning_names_the_status_and_its_share(unexplained: Path) -> None:
    [(status, sample)] = read(served(unexplained), WARNED)
    assert status == "warned"
    assert [(row["status"], row["share"]) for row in json.loads(sample)] == [
        ("In Dev", "12.5 % of all statuses recorded")
    ]


def test_a_status_that_the_feed_explains_counts(explained: Path) -> None:
    assert read(served(explained), PARTS) == [
        ("A", "days_in_progress", Decimal("666.6667")),
        ("B", "days_in_progress", Decimal("333.3333")),
    ]
    [(status, _)] = read(served(explained), WARNED)
    assert status == "passed"
