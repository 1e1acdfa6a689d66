"""examples/mixed: a company's tools, fetched over HTTP, and its sheet, judged by what is known of it."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.harness import ROOT, Rows, copy_portfolio, outcomes, read, served
from tests.end_to_end.mixed import Billing, Desk, Tracker, newest, write_sheets
from tests.sources.fakes.server import Fake, running

pytestmark = pytest.mark.slow
Reader = Callable[[str], Rows]


@pytest.fixture(scope="module")
def mixed(acme_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Reader]:
    """Reads the warehouse of the example; in a query `{truth}` is the folder of what is known, `{landed}` what landed."""
    folder = tmp_path_factory.mktemp("mixed")
    fakes: dict[str, Fake] = {"jira": Tracker(acme_files), "stripe": Billing(acme_files), "zendesk": Desk(acme_files)}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for name, fake in fakes.items():
            stack.enter_context(running(fake))
            patch.setenv(f"OUTCOMES_{name.upper()}_TOKEN", "a-planted-token-7391")
        portfolio = copy_portfolio(ROOT / "examples" / "mixed", folder / "mixed", {"portfolio.yml": (
            "    type: stripe\n", f"    type: stripe\n    url: {fakes['stripe'].url}\n"
        )})  # fmt: skip
        text = (portfolio / "portfolio.yml").read_text()
        for name, host in (("jira", "https://acme.atlassian.net"), ("zendesk", "https://acme.zendesk.com")):
            text = text.replace(host, fakes[name].url)
        (portfolio / "portfolio.yml").write_text(text)

        said = outcomes("refresh", home=folder / "home", portfolio=portfolio)

        assert said.exit_code == 0, said.err
        assert [fake.wrong for fake in fakes.values()] == [[], [], []]
        database = served(folder / "home" / "mixed")
        places = {"truth": acme_files / "truth", "data": acme_files / "data", "landed": folder / "home/mixed/landing"}
        yield lambda sql: read(database, sql.format_map(places))


def test_the_sheets_of_the_example_are_those_of_the_company(acme_files: Path, tmp_path: Path) -> None:
    write_sheets(acme_files, tmp_path)
    kept = ROOT / "examples" / "mixed" / "data"

    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        p.name: p.read_text() for p in tmp_path.iterdir()
    }


# what truth says of surveys, releases, usage, benefits, cost, experiments and decisions has no tool or sheet here; its
# initiatives aren't the tracker's epics
FACTS = "(select * exclude (work_item_id), regexp_extract(source_url, '[^/]+$') as key from core.fct_deliverables)"
IN_THE_SHEET = "(from '{truth}/key_results.csv' where not is_hold and not is_by_metric)"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("core.fct_deliverables", "'{truth}/counts.csv' where feed = 'deliverables'"),
        ("'{landed}/work_items/source=jira/*/*.parquet'", "'{truth}/counts.csv' where feed = 'work_items'"),
        ("core.fct_support_tickets", "'{truth}/counts.csv' where feed = 'support_tickets'"),
    ],
)
def test_every_record_of_the_tools_is_there_once(mixed: Reader, found: str, expected: str) -> None:
    assert mixed(f"select count(*) from {found}") == mixed(f"select rows_in_the_end from {expected}")


def test_every_change_is_there_but_those_of_deleted_items(mixed: Reader) -> None:
    assert mixed("select count(*) from core.fct_work_item_changes") == mixed("""
        select rows_in_the_end - (
            select count(*) from '{data}/*/issue_changes.parquet' semi join '{truth}/deleted.csv' on key = work_item_id
        ) from '{truth}/counts.csv' where feed = 'work_item_changes'
    """)


def test_what_the_tracker_deleted_is_not_there(mixed: Reader) -> None:
    assert mixed(f"select key from {FACTS} semi join '{{truth}}/deleted.csv' on key = work_item_id") == []


def test_work_without_effect_was_done_on_its_day_and_on_time_as_planted(mixed: Reader) -> None:
    far = mixed(f"""
        select work_item_id, truth.done_on, facts.done_date, truth.is_on_time, facts.is_on_time
        from '{{truth}}/busywork.csv' as truth left join {FACTS} as facts on key = work_item_id
        where truth.done_on is distinct from facts.done_date or truth.is_on_time is distinct from facts.is_on_time
    """)
    assert far == []


def test_a_renamed_status_keeps_its_meaning_under_both_names(mixed: Reader) -> None:
    found = mixed("""
        with named as (
            select unnest([to_value, from_value]) as status, unnest([to_category, from_category]) as category
            from '{landed}/work_item_changes/source=jira/*/*.parquet' where field = 'status'
        )
        select distinct category from named
        where status in (select unnest([status, called_before]) from '{truth}/statuses.csv' where called_before is not null)
    """)
    assert found == [("in_progress",)]


def test_the_sheet_has_the_goals_and_key_results_that_are_read_by_hand(mixed: Reader) -> None:
    assert mixed("""
        select (select count(distinct key_result_id) from core.dim_key_result where key_result_key > 0),
            (select count(distinct objective_id) from core.dim_objective where objective_key > 0)
    """) == mixed(f"select count(*), count(distinct objective_id) from {IN_THE_SHEET}")


def test_a_key_result_that_nobody_read_again_is_silent(mixed: Reader) -> None:
    found = mixed("""
        select profile = 'unmeasured', score_status from core.fct_key_result_progress
        inner join '{truth}/key_results.csv' using (key_result_id) where is_now group by all order by all
    """)
    assert found == [(False, "measured"), (True, "silent")]


def test_the_ledger_of_billing_adds_up_by_month_currency_and_in_the_reporting_currency(mixed: Reader) -> None:
    far = mixed("""
        with found as (
            select date_trunc('month', posted_date)::date as month, currency, count(*) as entries, sum(amount) as amount,
                sum(reporting_amount) as reporting_amount
            from core.fct_ledger_entries group by all
        )
        select * from found
        full join (from '{truth}/ledger_months.csv' where account_type = 'revenue') as truth using (month, currency)
        where found.entries is distinct from truth.entries or found.amount is distinct from truth.amount
            or found.reporting_amount is distinct from truth.reporting_amount::decimal(28, 4)
    """)
    assert far == []


def test_what_was_closed_without_being_done_is_cancelled_and_the_rest_is_delivered_on_its_day(
    mixed: Reader, acme_files: Path
) -> None:
    for level, keys in (
        ("deliverable", f"{FACTS} where is_cancelled"),
        (
            "epic",
            "(select 'E-' || lpad(regexp_extract(initiative_id, '\\d+$')[2:], 5, '0') as key, * from core.dim_initiative) where stage = 'cancelled'",
        ),
    ):
        known = mixed(f"select work_item_id from '{{truth}}/not_done.csv' where level = '{level}' order by all")
        assert mixed(f"select distinct key from {keys} order by all") == known, level
    delivered = mixed(f"""
        select resolved from '{newest(acme_files)}/issues.parquet'
        where issue_type in ('Feature', 'Maintenance') and status in ('Done', 'Released') and resolution = 'Done'
        order by all
    """)
    assert mixed("select done_at from core.fct_deliverables where is_delivered order by all") == delivered


def test_revenue_is_that_of_the_company(mixed: Reader) -> None:
    assert mixed("""
        select value::decimal(28, 4) from metrics.fct_metric_values
        where metric_name = 'revenue' and grain = 'all' and dimension_name = 'total'
    """) == mixed("""
        select -sum(reporting_amount::decimal(28, 4)) from '{truth}/ledger_months.csv' where account_type = 'revenue'
    """)


def test_each_key_result_of_the_sheet_ends_with_the_score_that_was_planted(mixed: Reader) -> None:
    far = mixed("""
        select truth.key_result_id, truth.final_score, found.raw_score
        from '{truth}/key_results.csv' as truth
        left join core.fct_key_result_progress as found on truth.key_result_id = found.key_result_id and found.is_now
        where not is_hold and not is_by_metric and target_moves_on is null and final_score is not null and coalesce(found.is_final, true)
            and not coalesce(abs(final_score - raw_score) <= case truth.kind when 'output' then 0.05 else 0.01 end, false)
    """)
    assert far == []
