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
    """Reads the warehouse of the example; `{truth}` in a query is the folder of what is known."""
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
        yield lambda sql: read(database, sql.replace("{truth}", str(acme_files / "truth")))


def test_the_sheets_of_the_example_are_those_of_the_company(acme_files: Path, tmp_path: Path) -> None:
    write_sheets(acme_files, tmp_path)
    kept = ROOT / "examples" / "mixed" / "data"

    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        p.name: p.read_text() for p in tmp_path.iterdir()
    }


def test_every_deliverable_of_the_tracker_is_there(mixed: Reader) -> None:
    assert mixed("select count(*) from core.fct_deliverables") == mixed(
        "select rows_in_the_end from '{truth}/counts.csv' where feed = 'deliverables'"
    )


def test_the_ledger_of_billing_adds_up_by_month_and_currency(mixed: Reader) -> None:
    far = mixed("""
        with found as (
            select date_trunc('month', posted_date)::date as month, currency, count(*) as entries, sum(amount) as amount
            from core.fct_ledger_entries group by all
        )
        select * from found
        full join (from '{truth}/ledger_months.csv' where account_type = 'revenue') as truth using (month, currency)
        where found.entries is distinct from truth.entries or found.amount is distinct from truth.amount
    """)
    assert far == []


def test_what_was_closed_without_being_done_is_cancelled_and_the_rest_is_delivered_on_its_day(
    mixed: Reader, acme_files: Path
) -> None:
    assert mixed("select count(*) from core.fct_deliverables where is_cancelled") == mixed(
        "select count(*) from '{truth}/not_done.csv' where level = 'deliverable'"
    )
    delivered = mixed(f"""
        select resolved from '{newest(acme_files)}/issues.parquet'
        where issue_type in ('Feature', 'Maintenance') and status in ('Done', 'Released') and resolution = 'Done'
        order by all
    """)
    assert mixed("select done_at from core.fct_deliverables where is_delivered order by all") == delivered


def test_every_ticket_of_the_desk_is_there(mixed: Reader) -> None:
    assert mixed("select count(*) from core.fct_support_tickets") == mixed(
        "select rows_in_the_end from '{truth}/counts.csv' where feed = 'support_tickets'"
    )


def test_each_key_result_of_the_sheet_ends_with_the_score_that_was_planted(mixed: Reader) -> None:
    far = mixed("""
        select truth.key_result_id, truth.final_score, found.raw_score
        from '{truth}/key_results.csv' as truth
        left join core.fct_key_result_progress as found on truth.key_result_id = found.key_result_id and found.is_now
        where not is_hold and not is_by_metric and target_moves_on is null and final_score is not null and coalesce(found.is_final, true)
            and not coalesce(abs(final_score - raw_score) <= case truth.kind when 'output' then 0.05 else 0.01 end, false)
    """)
    assert far == []
