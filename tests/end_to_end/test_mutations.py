"""The audit catches wrong figures: each mutation of a definition must make `outcomes check` fail, and by the right check."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from expectations.lock import LOCK, read_lock
from sources.loads import all_loads
from tests.end_to_end.harness import ROOT, Said, blocking, changed, clean_environment, command, environment, run

pytestmark = pytest.mark.xdist_group("mutations")

DELIVERABLES = "dbt/models/intermediate/tasks/int_deliverables.sql"
LEDGER = "dbt/models/intermediate/finance/int_ledger_entries.sql"
ANSWERS = "dbt/models/intermediate/feedback/int_survey_answers.sql"
RATES = "dbt/models/intermediate/finance/int_daily_rates.sql"
BUDGETS = "dbt/models/intermediate/finance/int_budget_months.sql"
DUE_DATES = "dbt/models/intermediate/tasks/int_due_dates.sql"
ALLOCATIONS = "dbt/models/intermediate/finance/int_cost_allocations.sql"
ALLOCATED = "dbt/models/core/fct_cost_allocations.sql"
COST_ENTRIES = "dbt/models/intermediate/finance/int_cost_entries.sql"
CREDITS = "dbt/models/intermediate/finance/int_benefit_credits.sql"
RETURNS = "dbt/models/measures/finance/msr_returns.sql"
MEASURES = "dbt/models/measures/finance/_finance.yml"
MONEY = "dbt/models/measures/value/msr_value_money.sql"
SUMMARY = "dbt/models/outcomes/value_summary.sql"
LINKS = "dbt/models/intermediate/goals/int_deliverable_key_results.sql"
VALUES = "dbt/macros/metric_values.sql"
METRICS = "dbt/models/metrics/_finance__metrics.yml"
CURRENT = "dbt/macros/feed_rows.sql"
REAL = "examples/decentraland/feeds"
MADE = ("two_loads", "costless")  # portfolios that a fixture makes of tiny

Edit = tuple[str, str, str]


@dataclass(frozen=True)
class Mutation:
    """A wrong definition, and the checks that must each catch it."""

    name: str
    edits: tuple[Edit, ...]
    caught_by: frozenset[str]
    portfolio: str = "tiny"


def mutation(name: str, *edits: Edit, by: str, portfolio: str = "tiny") -> Mutation:
    """A mutation whose catchers are written in one line."""
    return Mutation(name, edits, frozenset(by.split()), portfolio)


ON_TIME = mutation(
    "on_time_by_the_day_before",
    (DELIVERABLES, "done_date <= due_date", "done_date < due_date"),
    by="recomputation:on_time_rate_total recomputation:on_time_rate_by_team",
)
FAN_OUT = mutation(
    "ledger_entries_join_accounts_twice",
    (
        LEDGER,
        "left join accounts on entries.account_code",
        "left join (select * from accounts union all select * from accounts) as accounts on entries.account_code",
    ),
    by="dbt:ledger_entries_match_staging gx:ledger_amount_is_conserved recomputation:cost_total recomputation:revenue_total",
)
ABSTENTIONS = mutation(
    "abstentions_are_rejections",
    (ANSWERS, "score in (0, 1), false", "score between 0 and 1, false"),
    by="recomputation:approval_rate_total recomputation:approval_rate_by_product",
)
SAMPLE = (ON_TIME, FAN_OUT, ABSTENTIONS)

MUTATIONS = (
    *SAMPLE,
    mutation(
        "ledger_entries_join_rates_of_two_days",
        (
            LEDGER,
            "entries.currency = rates.currency and entries.posted_date = rates.date_day",
            "entries.currency = rates.currency and entries.posted_date - rates.date_day in (0, 1)",
        ),
        by="dbt:ledger_entries_match_staging gx:ledger_amount_is_conserved recomputation:cost_total",
    ),
    mutation(
        "cost_of_every_account",
        (ALLOCATED, "where is_cost", "where is_posted"),
        (COST_ENTRIES, "where is_cost", "where is_posted"),
        by="dbt:allocations_sum_to_ledger recomputation:cost_total",
    ),
    mutation(
        "cost_of_all_but_revenue",
        (LEDGER, "coalesce(accounts.account_type, 'other') <> 'cost'", "accounts.account_type = 'revenue'"),
        by="recomputation:cost_total",
    ),
    mutation(
        "value_realization_leaves_out_what_teams_cost",
        (
            MONEY,
            "from allocations\n        group by initiative_key",
            "from allocations\n        where allocation_rule <> 'team'\n        group by initiative_key",
        ),
        by="dbt:value_realization_cost_matches_metric",
    ),
    mutation(
        "objectives_bear_half_of_each_cost",
        (
            "dbt/models/measures/value/msr_objective_costs.sql",
            "cast(shares.cost_share as decimal(25, 12))",
            "cast(0.5 as decimal(25, 12))",
        ),
        by="dbt:value_summary_totals_match_across_dimensions",
    ),
    mutation(
        "a_summary_leaves_out_what_nobody_bears",
        (SUMMARY, "where deliverable_key < 0", "where deliverable_key < -1"),
        by="dbt:value_summary_totals_match_across_dimensions",
    ),
    mutation(
        "the_benefit_shares_of_a_key_result_are_too_small",
        (LINKS, '"key_result_weight",', '"2 * key_result_weight",'),
        by="dbt:bridge_shares_sum_to_one",
    ),
    mutation(
        "a_unit_that_is_left_over_is_lost",
        ("dbt/macros/largest_remainder.sql", "then 1\n            else 0", "then 0\n            else 0"),
        by="dbt:allocations_sum_to_ledger",
    ),
    mutation(
        "cost_is_allocated_in_the_month_of_posting",
        (
            ALLOCATED,
            "ledger_entries.cost_month_date,",
            "cast(date_trunc('month', ledger_entries.posted_date) as date) as cost_month_date,",
        ),
        by="dbt:allocations_sum_to_ledger_by_month",
    ),
    mutation(
        "cost_is_allocated_unconverted",
        (COST_ENTRIES, "ledger_entries.reporting_amount * 10000", "ledger_entries.amount * 10000"),
        by="dbt:allocations_sum_to_ledger dbt:allocations_sum_to_ledger_by_currency",
    ),
    mutation(
        "one_deliverable_bears_cost_without_a_basis",
        (ALLOCATIONS, "then 'itself' end", "then null end"),
        by="dbt:unallocated_cost_has_no_basis",
    ),
    mutation(
        "each_deliverable_is_credited_with_the_whole_benefit",
        (
            CREDITS,
            "sum(weight) over (partition by benefit_id, month, scenario) as total_weight",
            "weight as total_weight",
        ),
        by="dbt:benefit_credits_sum_to_benefit",
    ),
    mutation(
        "a_missing_rate_is_1",
        (LEDGER, '"entries.amount", "rates.rate"', '"entries.amount", "coalesce(rates.rate, 1)"'),
        by="recomputation:cost_total",
    ),
    mutation(
        "a_missing_rate_is_0",
        (LEDGER, '"entries.amount", "rates.rate"', '"entries.amount", "coalesce(rates.rate, 0)"'),
        by="gx:ledger_reporting_amount_needs_a_rate",
    ),
    mutation(
        "a_missing_rate_is_known",
        (LEDGER, "rates.rate is not null as has_rate", "true as has_rate"),
        by="gx:ledger_reporting_amount_needs_a_rate",
    ),
    mutation(
        "a_value_that_is_not_known_is_0",
        (VALUES, "else raw_value", "else coalesce(raw_value, 0)"),
        by="recomputation:on_time_rate_total recomputation:roi_by_initiative",
        portfolio="costless",
    ),
    mutation(
        "an_uncommitted_delivery_took_no_time",
        (
            DELIVERABLES,
            'seconds_between("committed_at", "delivered_at")',
            'seconds_between("coalesce(committed_at, delivered_at)", "delivered_at")',
        ),
        by="recomputation:lead_time_days_p50_total",
    ),
    mutation(
        "no_known_cost_is_a_cost_of_0",
        (RETURNS, "sum(cost) as cost,", "coalesce(sum(cost), 0) as cost,"),
        by="recomputation:net_benefit_by_initiative dbt:excluded_rows_are_counted",
        portfolio="costless",
    ),
    mutation(
        "a_total_counts_what_no_member_measures",
        (
            MEASURES,
            "case when has_return then benefit - cost end",
            '"coalesce(benefit, 0) - coalesce(cost, 0)"',  # in quotes, as YAML would end the expression at its comma
        ),
        by="recomputation:roi_total",
        portfolio="costless",
    ),
    mutation(
        "the_first_answer_counts",
        (ANSWERS, "order by responded_at desc, response_id desc", "order by responded_at, response_id"),
        by="recomputation:nps_total",
    ),
    mutation(
        "the_first_rate_counts",
        (
            RATES,
            "cast(rate_to_reporting as decimal(18, 10)) as rate,",
            "cast(first_value(rate_to_reporting) over (partition by currency order by rate_date) as decimal(18, 10)) as rate,",
        ),
        by="recomputation:cost_total recomputation:revenue_total recomputation:roi_total",
    ),
    mutation(
        "the_first_budget_counts",
        (BUDGETS, "order by version_date desc, budget_version desc", "order by version_date, budget_version"),
        by="recomputation:budget_variance_total",
    ),
    mutation(
        "the_last_promise_counts",
        (DUE_DATES, "else try_cast(moves_after_commitment.from_value as date)", "else work_items.due_date"),
        by="recomputation:on_time_rate_total",
    ),
    mutation(
        "the_first_load_counts",
        (
            CURRENT,
            "max(case when _row_kind = 'row' then load_seq end)",
            "min(case when _row_kind = 'row' then load_seq end)",
        ),
        by="recomputation:on_time_rate_total recomputation:cost_total",
        portfolio="two_loads",
    ),
    mutation(
        "deletions_are_not_honoured",
        (
            CURRENT,
            "keys_of_source.last_shown_seq >= coalesce(last_snapshots.load_seq, 0)",
            "keys_of_source.last_shown_seq >= 0",
        ),
        by="recomputation:delivered_total",
        portfolio="two_loads",
    ),
    mutation(
        "a_missing_price_is_a_price_of_0",
        (f"{REAL}/exchange_rates.sql", "case when dollars = 0 then 'no price' end as _excluded", "null as _excluded"),
        by="source:exchange_rates",
        portfolio="decentraland",
    ),
    mutation(
        "swaps_are_cost",
        (f"{REAL}/accounts.sql", """when "Type" = 'INTERNAL' or "Tag" = 'Swap'""", """when "Type" = 'INTERNAL'"""),
        by="source:accounts",
        portfolio="decentraland",
    ),
    mutation(
        "abstentions_are_rejections_by_mapping",
        (f"{REAL}/survey_responses.sql", "when 'yes' then 1 when 'no' then 0 else 0.5", "when 'yes' then 1 else 0"),
        (f"{REAL}/survey_responses.sql", "else 'not a ballot on a grant'", "else null"),
        by="source:survey_responses",
        portfolio="decentraland",
    ),
)

HARMLESS = (
    (LEDGER, "with\n    entries as", "-- a remark\nwith\n    entries as"),
    (
        METRICS,
        "= 'revenue' and {{ Dimension('ledger_entry__is_posted') }} = true\n    config:",
        "= 'revenue'\n      and {{ Dimension('ledger_entry__is_posted') }} = true\n    config:",
    ),
)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where these tests keep their warehouses: what was landed once is landed for all."""
    return tmp_path_factory.mktemp("mutation_homes")


@pytest.fixture(scope="module")
def two_loads(repository: Path, homes: Path) -> Path:
    """Tiny, but seen before as it stood a month earlier: other values, and a deliverable that is gone by now."""
    folder = repository / "portfolios" / "two_loads"
    shutil.copytree(repository / "tests/fixtures/tiny", folder)
    portfolio = folder / "portfolio.yml"
    now = portfolio.read_text().replace("name: tiny", "name: two_loads")
    work, ledger = folder / "feeds" / "work_items.csv", folder / "data" / "ledger.csv"
    work_now, ledger_now = work.read_text(), ledger.read_text()
    portfolio.write_text(now.replace("2025-06-30T21:59:59Z", "2025-05-31T21:59:59Z"))
    gone = "D99,,feature,Gone,Done,done,true,I1,T1,P1,,2025-05-01T08:00:00Z,2025-05-02T09:00:00Z,,2025-05-09,2025-05-08T09:00:00Z,,,done,,\n"
    work.write_text(work_now.replace("2024-11-19T09:00:00Z", "2024-11-29T09:00:00Z") + gone)
    ledger.write_text(
        ledger_now.replace("V013,1,20.10.2024,,,5200,1200.00", "V013,1,20.10.2024,,,5200,1100.00").replace(
            "28598.45", "28498.45"
        )
    )
    first = check(repository, homes, folder)
    assert "landed" not in first.err
    # a check lands in a folder of its own; these loads are to stay
    shutil.copytree(homes / "two_loads" / "check" / "landing", homes / "two_loads" / "landing")
    portfolio.write_text(now)
    work.write_text(work_now)
    ledger.write_text(ledger_now)
    return folder


@pytest.fixture(scope="module")
def costless(repository: Path) -> Path:
    """Tiny, with a return of an initiative that nothing was spent on: what it returned can't be measured."""
    folder = repository / "portfolios" / "costless"
    shutil.copytree(repository / "tests/fixtures/tiny", folder)
    portfolio = folder / "portfolio.yml"
    portfolio.write_text(portfolio.read_text().replace("name: tiny", "name: costless"))
    with (folder / "feeds" / "initiatives.csv").open("a") as initiatives:
        initiatives.write("I6,Windfall,active,,,,,,2025-04-07T08:00:00Z,,,,\n")
    with (folder / "feeds" / "benefits.csv").open("a") as benefits:
        benefits.write("B07,I6,,2025-06-01,hard,revenue,actual,100,EUR,books\n")
    return folder


def check(repository: Path, homes: Path, folder: Path, *arguments: str) -> Said:
    """Run `outcomes check` with the code and definitions of the copy."""
    env = clean_environment(repository, **environment(homes, folder))
    return run(command("check", *arguments), env, cwd=repository)


def folder_of(repository: Path, name: str) -> Path:
    """The folder of a portfolio in the copy."""
    folders = {
        "tiny": "tests/fixtures/tiny",
        "decentraland": "examples/decentraland",
    } | {made: f"portfolios/{made}" for made in MADE}
    return repository / folders[name]


def caught(said: Said, home: Path, mutated: Mutation) -> set[str]:
    """What caught a mutation: checks as `suite:check`, or the source that could not be landed, as `source:feed`."""
    feeds = {part for part in mutated.caught_by if part.startswith("source:")}
    if feeds:
        return {
            feed for feed in feeds if "could not be landed" in said.err and feed.removeprefix("source:") in said.err
        }
    return blocking(home / "check")


@pytest.mark.slow
@pytest.mark.parametrize("mutated", MUTATIONS, ids=lambda m: m.name)
def test_a_mutation_fails_the_check(
    mutated: Mutation, repository: Path, homes: Path, request: pytest.FixtureRequest
) -> None:
    if mutated.portfolio in MADE:
        request.getfixturevalue(mutated.portfolio)
    with changed(repository, mutated.edits):
        said = check(repository, homes, folder_of(repository, mutated.portfolio))

    assert said.exit_code == 1, said.out + said.err
    assert mutated.caught_by <= caught(said, homes / mutated.portfolio, mutated)
    for name in mutated.caught_by:
        assert name.partition(":")[2] in said.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "mutated", [m for m in MUTATIONS if any(e[0] == METRICS for e in m.edits)], ids=lambda m: m.name
)
def test_a_new_fingerprint_hides_no_mutation(
    mutated: Mutation, repository: Path, homes: Path, request: pytest.FixtureRequest
) -> None:
    if mutated.portfolio in MADE:
        request.getfixturevalue(mutated.portfolio)
    lock = repository / LOCK.relative_to(ROOT)
    before = lock.read_text()
    same_meaning = [word for name in read_lock() for word in ("--same-meaning", name)]
    folder = folder_of(repository, mutated.portfolio)
    try:
        with changed(repository, mutated.edits):
            said = run(command("fingerprint", *same_meaning), clean_environment(repository), cwd=repository)
            assert said.out.startswith("Changed: "), said.out + said.err
            said = check(repository, homes, folder)
    finally:
        lock.write_text(before)

    assert said.exit_code == 1
    found = blocking(homes / mutated.portfolio / "check")
    assert {name for name in mutated.caught_by if name.startswith("recomputation:")} <= found
    assert not {name for name in found if name.startswith("lock:")}


@pytest.mark.slow
@pytest.mark.parametrize("portfolio", ["tiny", *MADE])
def test_what_changes_no_figure_passes(
    portfolio: str, repository: Path, homes: Path, request: pytest.FixtureRequest
) -> None:
    if portfolio in MADE:
        request.getfixturevalue(portfolio)
    with changed(repository, HARMLESS):
        said = check(repository, homes, folder_of(repository, portfolio))

    assert said.exit_code == 0, said.err
    assert said.err == ""
    assert ", 0 failed" in said.out
    if portfolio == "two_loads":
        assert len({load["load_id"] for load in all_loads(homes / portfolio / "check")}) == 2


@pytest.fixture(scope="module")
def sampled(repository: Path, homes: Path) -> tuple[Said, set[str]]:
    """One check of three mutations that touch different metrics: what it said, and what failed."""
    with changed(repository, [edit for mutated in SAMPLE for edit in mutated.edits]):
        said = check(repository, homes, folder_of(repository, "tiny"))
    return said, blocking(homes / "tiny" / "check")


@pytest.mark.slow
@pytest.mark.parametrize("mutated", SAMPLE, ids=lambda m: m.name)
def test_a_mutation_is_caught_by_its_own_checks(mutated: Mutation, sampled: tuple[Said, set[str]]) -> None:
    said, failed = sampled

    assert said.exit_code == 1, said.out + said.err
    assert mutated.caught_by <= failed
    assert all(name.partition(":")[2] in said.err for name in mutated.caught_by)


@pytest.mark.slow
def test_what_no_mutation_touches_still_passes(sampled: tuple[Said, set[str]]) -> None:
    assert not {name for name in sampled[1] if "delivered" in name or "nps" in name or "lock:" in name}


def test_every_mutation_still_finds_the_text_that_it_changes(repository: Path) -> None:
    for edits in [*(mutated.edits for mutated in MUTATIONS), HARMLESS]:
        with changed(repository, edits):
            pass


def test_the_copy_declares_the_same_portfolio(repository: Path) -> None:
    assert yaml.safe_load((folder_of(repository, "tiny") / "portfolio.yml").read_text())["name"] == "tiny"
