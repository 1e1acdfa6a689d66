"""Labour at rates and capital amortised: the whole road on tiny, with hours, people and rates added by hand."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.harness import TINY, copy_portfolio, outcomes, read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("labour")]

KEYS = """
labour_cost: rates
labour_categories: [labour]
capital_cost: amortised
depreciation_accounts: ["5900"]
overhead_categories: [hosting]
"""
FEEDS = {
    "people": """person_id,team_id,joined_date,left_date
ada,T1,,
bo,T2,,
cy,,,
""",
    "labour_rates": """person_id,team_id,valid_from,hourly_cost,currency
ada,,2025-01-01,50,EUR
ada,,2025-05-10,60.5,EUR
,T2,2025-04-01,40.33,USD
""",
    "time_entries": """time_entry_id,work_item_id,person_id,work_date,hours
H1,S03,ada,2025-05-09,7.5
H2,D17,ada,2025-05-10,3.25
H3,D05,bo,2025-04-02,8
H4,E01,bo,2025-04-03,2
H5,,bo,2025-03-03,2
H6,,cy,2025-06-03,1
H7,D20,dora,2025-06-03,1
H8,D10,bo,2025-06-20,6.1
H9,D10,ada,2025-07-01,6.1
""",
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse that `outcomes check` built and audited: every recomputation agreed, or this fails."""
    folder = copy_portfolio(TINY, tmp_path_factory.mktemp("portfolio") / "tiny")
    with (folder / "portfolio.yml").open("a") as file:
        file.write(KEYS)
    for feed, text in FEEDS.items():
        (folder / "feeds" / f"{feed}.csv").write_text(text)
    home = tmp_path_factory.mktemp("home")
    said = outcomes("check", home=home, portfolio=folder)
    assert said.exit_code == 0, said.out + said.err
    return home / "tiny" / "check" / "build" / "warehouse.duckdb"


def test_hours_at_rates_replace_the_ledgers_labour(checked: Path) -> None:
    entries = read(
        checked,
        "select ledger_entry_id, amount, currency, reporting_amount from core.fct_ledger_entries where is_synthetic order by 1",
    )

    assert [(name.removeprefix("labour at rates | "), *rest) for name, *rest in entries] == [
        ("deliverable | D05 | 2025-04-01 | USD", Decimal("322.64"), "USD", Decimal("283.9232")),
        ("deliverable | D10 | 2025-06-01 | USD", Decimal("246.013"), "USD", Decimal("209.1111")),
        ("deliverable | D17 | 2025-05-01 | EUR", Decimal("571.625"), "EUR", Decimal("571.625")),
        ("deliverable | D20 | 2025-06-01 | no rate", None, None, None),
        ("team |  | 2025-06-01 | no rate", None, None, None),
        ("team | T2 | 2025-03-01 | no rate", None, None, None),
        ("team | T2 | 2025-04-01 | USD", Decimal("80.66"), "USD", Decimal("70.9808")),
    ]


def test_cost_is_hosting_depreciation_and_hours(checked: Path) -> None:
    # 2486.4738 of hosting, 100 of depreciation, 1135.6401 of hours; 2 entries and 3 hours without a rate
    assert read(
        checked,
        """select value, n, n_excluded, status from metrics.fct_metric_values
        where metric_name = 'cost' and grain = 'all' and dimension_name = 'total'""",
    ) == [(3722.1139, 19, 5, "incomplete")]


def test_hours_are_borne_by_their_deliverable_and_overhead_by_none(checked: Path) -> None:
    rules = read(
        checked,
        """select allocation_rule, bool_and(deliverable_key = -1), sum(allocated_reporting_amount)
        from core.fct_cost_allocations group by all order by all""",
    )

    assert rules == [
        ("initiative", True, Decimal(100)),
        ("labour_rates", False, Decimal("1064.6593")),
        ("no_rate", True, None),
        ("overhead", True, Decimal("2486.4738")),
        ("team", False, Decimal("70.9808")),
    ]


def test_what_an_hour_costs_is_published_nowhere(checked: Path) -> None:
    columns = read(checked, "select table_name || '.' || column_name from information_schema.columns")

    assert [name for (name,) in columns if "hourly" in name or "labour_rate" in name] == []
