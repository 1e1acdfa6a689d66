"""The bundled real portfolio, refreshed once: its known figures, and that nothing of it is lost or told twice."""

import csv
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sources.loads import all_loads
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import (
    DECENTRALAND,
    ROOT,
    clean_environment,
    command,
    environment,
    run,
    served,
)

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("decentraland")]

DATA = DECENTRALAND / "data"
TRANSFERS = ("transactions-2020.csv.gz", "transactions-2024.csv.gz", "transactions-2026.csv.gz")
NEITHER = "('in:swap', 'out:swap', 'internal:other', 'in:vesting_contract')"
FED = {
    "accounts": (*TRANSFERS, "financials.csv.gz", "vestings.csv.gz"),
    "budgets": ("budgets.json",),
    "exchange_rates": (*TRANSFERS, "grants.csv.gz", "vestings.csv.gz"),
    "initiatives": ("projects.csv.gz",),
    "ledger_entries": (*TRANSFERS, "financials.csv.gz", "vestings.csv.gz"),
    "products": ("grants.csv.gz", "projects.csv.gz"),
    "survey_responses": ("votes-2021-2022.csv.gz",),
    "work_item_changes": ("status_changes.csv.gz",),
    "work_items": ("grants.csv.gz", "projects.csv.gz"),
}


def records(name: str) -> Iterator[dict[str, str]]:
    """The records of a raw file, read without the project's reader."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def count(name: str) -> int:
    """Number of records of a raw file."""
    if name.endswith(".json"):
        return len(json.loads((DATA / name).read_text()))
    return sum(1 for _ in records(name))


def total(dao: Refreshed, metric: str) -> tuple[Any, ...]:
    """Value, numerator, denominator, n and status of a metric over all time."""
    return dao.read(
        f"""select value, numerator, denominator, n, status from metrics.fct_metric_values
        where metric_name = '{metric}' and grain = 'all' and dimension_name = 'total'"""
    )[0]


def test_it_is_published_without_a_word_on_stderr(dao: Refreshed) -> None:
    assert dao.said.exit_code == 0
    assert dao.said.err == ""


def test_the_query_command_gives_232_projects_and_their_dollars(dao: Refreshed) -> None:
    sql = "select count(*), sum(approved_reporting_amount) from core.dim_initiative where is_current and initiative_key > 0"
    env = clean_environment(ROOT, **environment(dao.homes, DECENTRALAND))

    said = run(command("query", sql, "--format", "csv"), env)

    assert said.exit_code == 0, said.err
    number, dollars = said.out.splitlines()[1].split(",")
    assert (int(number), float(dollars)) == (232, 14566410)
    assert said.err == ""


def test_every_status_change_is_kept(dao: Refreshed) -> None:
    assert dao.read("select count(*) from core.fct_work_item_changes") == [(5952,)]


def test_the_ledger_has_every_transfer_release_and_expense(dao: Refreshed) -> None:
    found = dao.read(
        """select case when ledger_entry_id like 'expense:%' then 'expense'
            when ledger_entry_id like 'vesting:%' then 'release' else 'transfer' end as made_of, count(*)
        from core.fct_ledger_entries group by all order by all"""
    )

    assert found == [("expense", 694), ("release", 57), ("transfer", 17362)]


def test_identical_lines_are_several_transfers(dao: Refreshed) -> None:
    lines = [tuple(record.values()) for name in TRANSFERS for record in records(name)]
    hashes: dict[str, int] = {}
    for name in TRANSFERS:
        for record in records(name):
            hashes[record["Hash"]] = hashes.get(record["Hash"], 0) + 1

    kept = dao.read(
        """select split_part(ledger_entry_id, ':', 1), count(*) from core.fct_ledger_entries
        where ledger_entry_id not like 'expense:%' and ledger_entry_id not like 'vesting:%' group by all"""
    )

    assert len(lines) - len(set(lines)) == 44
    assert dict(kept) == hashes


@pytest.mark.parametrize("feed", sorted(FED))
def test_every_record_of_every_file_is_accounted_for(feed: str, dao: Refreshed) -> None:
    load = next(load for load in all_loads(dao.home) if load["feed"] == feed)
    counts = load["counts"]

    assert counts["landed"] + counts["quarantined"] + counts["excluded"] == counts["records"]
    assert counts["records"] == sum(count(name) for name in FED[feed])


def test_each_feed_of_the_folder_is_landed(dao: Refreshed) -> None:
    assert {load["feed"] for load in all_loads(dao.home)} == set(FED)


def test_106_deliverables_are_delivered(dao: Refreshed) -> None:
    assert total(dao, "delivered") == (106, 106, None, 106, "measured")


def test_7_of_48_were_on_time(dao: Refreshed) -> None:
    assert total(dao, "on_time_rate") == (7 / 48, 7, 48, 48, "measured")


def test_5496_ballots_are_answers(dao: Refreshed) -> None:
    assert total(dao, "approval_rate") == (3799 / 5496, 3799, 5496, 5496, "measured")


@pytest.mark.parametrize("metric", ["nps", "roi"])
def test_what_no_file_tells_is_not_measured(metric: str, dao: Refreshed) -> None:
    assert total(dao, metric) == (None, None, None, 0, "not_measured")


@pytest.mark.parametrize("metric", ["lead_time_days_p50", "cost", "revenue"])
def test_what_the_files_tell_has_a_value(metric: str, dao: Refreshed) -> None:
    value, _, _, n, status = total(dao, metric)

    assert value > 0
    assert n > 0
    assert status in ("measured", "incomplete")


def test_a_category_s_budget_is_compared_only_with_cost_that_names_it(dao: Refreshed) -> None:
    found = dao.read(
        """select metric_name, status, n, n_excluded from metrics.fct_metric_values
        where metric_name in ('budget', 'budget_variance', 'cost_forecast', 'unbudgeted_cost')
            and period_start = '2024-01-01' and grain = 'fiscal_year' and dimension_name = 'total' order by all"""
    )

    assert found == [
        ("budget", "measured", 84, 0),
        ("budget_variance", "not_measured", 1, 6),
        ("cost_forecast", "not_measured", 1, 6),
        ("unbudgeted_cost", "incomplete", 162, 1),
    ]


def test_swaps_internal_transfers_and_endowment_are_neither_cost_nor_revenue(dao: Refreshed) -> None:
    entries, moved = dao.read(
        f"""select count(*), sum(abs(reporting_amount)) from core.fct_ledger_entries
        inner join core.dim_account using (account_key)
        where account_code in {NEITHER} and account_type = 'transfer'"""
    )[0]
    cost, revenue = dao.read(
        f"""select sum(reporting_amount) filter (account_type = 'cost')::double,
            -sum(reporting_amount) filter (account_type = 'revenue')::double
        from core.fct_ledger_entries inner join core.dim_account using (account_key)
        where account_code not in {NEITHER}"""
    )[0]
    swapped = sum(
        record["Tag"] == "Swap" and record["Type"] != "INTERNAL" for name in TRANSFERS for record in records(name)
    )
    internal = sum(record["Type"] == "INTERNAL" for name in TRANSFERS for record in records(name))
    endowed = sum(
        record["Tag"] == "Vesting Contract" and record["Type"] == "IN" for name in TRANSFERS for record in records(name)
    )

    assert (swapped, internal, endowed) == (188, 4, 2)
    assert entries == 194
    assert moved > 12_000_000
    assert total(dao, "cost")[0] == pytest.approx(cost, rel=1e-9)
    assert total(dao, "revenue")[0] == pytest.approx(revenue, rel=1e-9)


def test_a_missing_price_is_no_price(dao: Refreshed) -> None:
    unpriced = sum(float(r["USD Amount"]) == 0 and float(r["Amount"]) != 0 for name in TRANSFERS for r in records(name))

    assert unpriced == 1226
    assert dao.read("select count(*) from core.fct_ledger_entries where exchange_rate = 0") == [(0,)]
    assert dao.read("select count(*) from core.fct_ledger_entries where currency = 'MATIC' and has_rate") == [(0,)]


def test_of_what_is_linked_to_no_goal_nothing_is_said(dao: Refreshed) -> None:
    found = dao.read(
        """select value_status, quadrant, count(*) from outcomes.value_realization
        where level = 'deliverable' and is_delivered group by all"""
    )

    assert found == [("unlinked", "undetermined", 106)]


def test_only_cancelled_work_is_known_to_be_without_value(dao: Refreshed) -> None:
    assert dao.read("select distinct reason from outcomes.no_value_work") == [("cancelled",)]


def test_no_voter_is_published(dao: Refreshed) -> None:
    voter = next(record["Member"] for record in records("votes-2021-2022.csv.gz")).lower()

    assert voter.encode() not in served(dao.home).read_bytes().lower()


def test_the_page_shows_the_portfolio(dao: Refreshed) -> None:
    page = (dao.home / "index.html").read_text()

    assert "<h1><bdi>Decentraland DAO</bdi></h1>" in page
    assert "4,876,376" in page
    assert "The last refresh was not published" not in page
    assert str(dao.home / "index.html") in dao.said.out
