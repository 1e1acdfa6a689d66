"""Five questions of a first-time reader: each is answered on acme's page within three choices, as the warehouse answers it."""

import re
from collections.abc import Generator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page

from serving import words
from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.pages import open_page

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]

MOST = 3


@dataclass
class Reader:
    """Someone who reads the page as it opens, and chooses; each choice counts."""

    page: Page
    choices: int = 0

    def unfolds(self, section: str) -> None:
        self._chooses()
        self.page.get_by_role("button", name=section).click()

    def picks(self, selector: str, option: str) -> None:
        self._chooses()
        self.page.locator(selector).select_option(label=option)

    def sees(self, selector: str) -> Locator:
        found = self.page.locator(selector)
        found.first.wait_for()
        return found

    def _chooses(self) -> None:
        self.choices += 1
        assert self.choices <= MOST


@pytest.fixture
def reader(acme: Refreshed, browser: Browser) -> Generator[Reader]:
    for page in open_page(browser, acme.home / "index.html", viewport={"width": 1440, "height": 900}):
        yield Reader(page)


def test_which_team_s_work_paid_off(reader: Reader, acme: Refreshed) -> None:
    reader.picks("#choices select[name=period]", "All time")
    reader.unfolds("Where it comes from")
    reader.picks("#chart-members_compared select", "Share that created value")
    rows = reader.sees("#chart-members_compared tbody tr")
    known = acme.read(
        """select member_name, value from metrics.fct_metric_values
        where metric_name = 'value_created_share' and dimension_name = 'team' and grain = 'all' and member_key > 0
            and status in ('measured', 'incomplete')
        order by value desc, lower(member_name)"""
    )
    if known:
        [(team, value), *_] = known
        assert rows.first.locator("th").inner_text() == team and words.share(value) in rows.first.inner_text()
    else:  # in a small company no team has enough work to tell, and none is said to be best
        assert all("sample too small" in row.inner_text() for row in rows.all())


def test_what_changed_since_last_quarter_and_is_it_real(reader: Reader, acme: Refreshed) -> None:
    reader.picks("#choices select[name=period]", "Apr – Jun 2026")
    said: dict[str, str] = {}
    for tile in reader.sees(".tile").all():
        said[tile.get_attribute("data-metric") or ""] = tile.locator(".change").inner_text()
    tested = dict(
        acme.read(
            """select metric_name, verdict from metrics.fct_metric_comparisons
            where grain = 'quarter' and period_start = date '2026-04-01' and dimension_name = 'total'"""
        )
    )
    marks = {"better": "▲ better", "worse": "▼ worse", "no_clear_change": "no clear change"}
    for metric, change in said.items():
        if tested.get(metric) in marks:
            assert change.startswith(marks[tested[metric]]), metric
        else:
            assert not re.search("better|worse|no clear", change), metric
    assert any(change.startswith(("▲", "▼")) for change in said.values())


def test_where_did_the_money_go_over_plan(reader: Reader, acme: Refreshed) -> None:
    reader.unfolds("Money")
    row = reader.sees("#chart-budget_lines tbody tr").first.inner_text()
    [(name, over)] = acme.read(
        """select initiative_name, variance_reporting_amount from outcomes.budget_lines
        where fiscal_year_start_date = date '2025-07-01' order by 2 desc nulls last limit 1"""
    )
    assert name in row and words.money(float(over), "EUR") in row.replace("\u00a0", " ")


def test_which_goal_needs_me_this_week(reader: Reader, acme: Refreshed) -> None:
    [(team, goal)] = acme.read(
        """select owner_team_name, key_result_name from outcomes.goal_scorecard
        where goal_status = 'behind' and not is_final
            and owner_team_name not in (select owner_team_name from outcomes.goal_scorecard group by 1 having count(distinct owner_team_key) > 1)
        order by score limit 1"""
    )
    reader.picks("#choices select[name=by]", "One team")
    reader.picks("#choices select[name=of]", team)
    reader.unfolds("What to do")
    assert reader.sees("#chart-goals_behind tbody th").first.inner_text() == goal


def test_can_i_trust_it(reader: Reader, acme: Refreshed) -> None:
    counts = dict(acme.read("select status, count(*) from audit.fct_check_results where is_current group by 1"))
    said = reader.sees("#trust .finding").inner_text()
    for status in ("passed", "warned", "failed"):
        assert f"{words.number(counts.get(status, 0))} {status}" in said
    reader.unfolds("Can I trust it")
    opened = reader.sees("#trust .inside").inner_text()
    warned = acme.read("select check_name from audit.fct_check_results where is_current and status = 'warned'")
    assert warned and all(name in opened for (name,) in warned)
