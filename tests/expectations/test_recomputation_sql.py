"""Each recomputation against figures computed by hand, at the edges where a metric goes wrong."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_project.settings import Portfolio
from sources import loads as frozen_loads
from sources.config import FileSource, LandingRules
from sources.landing import land_source
from sources.pseudonyms import portfolio_key
from tests.expectations.builds import Load, Row, land, recomputed_cells

TINY = Path(__file__).parents[1] / "fixtures" / "tiny"
with (TINY / "expected" / "metrics.csv").open() as file:
    BY_HAND = sorted({row["metric_name"] for row in csv.DictReader(file)})


def _utc(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute)


def _item(name: str, done: datetime | None, **columns: Any) -> Row:
    return {
        "work_item_id": name, "is_deliverable": True, "status_category": "done" if done else "in_progress",
        "committed_at": _utc(1, 1), "done_at": done,
    } | columns  # fmt: skip


def _entry(name: str, amount: float, **columns: Any) -> Row:
    return {
        "ledger_entry_id": name, "posted_date": date(2025, 4, 10), "account_code": "5000", "amount": amount,
        "currency": "EUR",
    } | columns  # fmt: skip


def _answer(name: str, survey: str, score: float, who: str | None, **columns: Any) -> Row:
    return {
        "response_id": name, "question_id": survey, "survey_type": survey, "is_score_question": True, "score": score,
        "scale_min": 0, "scale_max": 1 if survey == "approval" else 10, "higher_is_better": True,
        "respondent_id": who, "product_id": "P1", "responded_at": _utc(5, 5),
    } | columns  # fmt: skip


ACCOUNTS = Load("accounts", [
    {"account_code": "5000", "account_type": "cost"},
    {"account_code": "4000", "account_type": "revenue"},
    {"account_code": "1210", "account_type": "transfer"},
])  # fmt: skip
RATES = Load("exchange_rates", [
    {"rate_date": date(2025, 4, 1), "currency": "USD", "rate_to_reporting": 0.9},
    {"rate_date": date(2025, 4, 30), "currency": "USD", "rate_to_reporting": 0.8},
    {"rate_date": date(2025, 7, 1), "currency": "USD", "rate_to_reporting": 7},
])  # fmt: skip
TOTAL = ("all", None, "total", "total")


def _month(start: str, dimension: str = "total", member: str = "total") -> tuple[str, str, str, str]:
    return ("month", start, dimension, member)


def test_delivered_counts_the_portfolios_day_and_knows_members(tmp_path: Path) -> None:
    land(tmp_path / "s.duckdb", [
        Load("teams", [{"team_id": "T1"}]),
        Load("work_items", [
            _item("a", _utc(3, 31, 22, 30), team_id="T1"),  # 00:30 on 1 April in Berlin
            _item("b", _utc(4, 30, 21, 30), team_id="T9"),  # 23:30 on 30 April; a team that has not arrived
            _item("c", _utc(6, 30, 22, 30)),  # after now
            _item("d", _utc(6, 1), status_category="cancelled"),
            _item("e", _utc(6, 1), status_category="unknown"),
            _item("f", _utc(6, 1), is_deliverable=False),
            _item("g", _utc(4, 2), released_at=_utc(5, 3)),  # done in April, released in May
        ]),
    ])  # fmt: skip
    cells = recomputed_cells(tmp_path / "s.duckdb", "delivered")
    assert cells[TOTAL] == (3, 3)
    assert {key[1]: value for key, value in cells.items() if key[0] == "month" and key[2] == "total"} == {
        "2025-04-01": (2, 2),
        "2025-05-01": (1, 1),
    }
    assert cells["fiscal_year", "2025-04-01", "total", "total"] == (3, 3)
    assert {key[3] for key in cells if key[2] == "team" and key[0] == "all"} == {"T1", "-3", "-2"}
    assert {key[0] for key in cells if key[2] == "initiative"} == {"all"}


def test_lead_time_runs_from_commitment_to_release(tmp_path: Path) -> None:
    land(tmp_path / "s.duckdb", [
        Load("work_items", [
            _item("a", _utc(1, 11)),
            _item("b", _utc(1, 5), released_at=_utc(1, 31)),
            _item("c", _utc(1, 21), committed_at=None),
        ]),
    ])  # fmt: skip
    cells = recomputed_cells(tmp_path / "s.duckdb", "lead_time_days_p50")
    assert cells[TOTAL] == (20, 2)


@pytest.mark.parametrize(
    ("moves", "on_time"),
    [
        ([], 1),
        # promised for the 9th, put off later: late
        ([(_utc(2, 1), "2025-05-09", "2025-05-10")], 0),
        # put off before the promise, and in its very moment: the later date is the promise
        ([(datetime(2024, 12, 1), "2025-05-01", "2025-05-10")], 1),
        ([(_utc(1, 1), "2025-05-01", "2025-05-10")], 1),
        # two moves after it: the first tells
        ([(_utc(2, 1), "2025-05-09", "2025-06-20"), (_utc(2, 2), "2025-06-20", "2025-05-10")], 0),
        # undated when promised: not due at all
        ([(_utc(2, 1), None, "2025-05-10")], None),
    ],
)
def test_on_time_goes_by_the_promise(
    moves: list[tuple[datetime, str | None, str]], on_time: int | None, tmp_path: Path
) -> None:
    changes = [
        {
            "work_item_id": "a",
            "field": "due_date",
            "changed_at": at,
            "change_seq": 0,
            "from_value": old,
            "to_value": new,
        }
        for at, old, new in moves
    ]
    item = _item("a", _utc(5, 10, 21, 59), due_date=date(2025, 5, 10))  # 23:59 in Berlin
    land(tmp_path / "s.duckdb", [Load("work_items", [item]), Load("work_item_changes", changes)])
    cells = recomputed_cells(tmp_path / "s.duckdb", "on_time_rate")
    assert cells.get(TOTAL) == (None if on_time is None else (on_time, 1))


def test_on_time_holds_open_work_against_its_due_day(tmp_path: Path) -> None:
    due = date(2025, 5, 10)
    land(tmp_path / "s.duckdb", [
        Load("work_items", [
            _item("done on the day", _utc(5, 10), due_date=due),
            _item("a day late", _utc(5, 10, 22, 0), due_date=due),
            _item("open", None, due_date=due),
            _item("unknown", None, due_date=due, status_category="unknown"),
            _item("cancelled", None, due_date=due, status_category="cancelled"),
            _item("due ahead", _utc(5, 1), due_date=date(2025, 7, 1)),
            _item("released late", _utc(5, 9), due_date=due, released_at=_utc(6, 1)),
        ]),
    ])  # fmt: skip
    assert recomputed_cells(tmp_path / "s.duckdb", "on_time_rate")[_month("2025-05-01")] == (2 / 5, 5)


def _ledger(tmp_path: Path) -> Path:
    land(tmp_path / "s.duckdb", [
        ACCOUNTS, RATES,
        Load("initiatives", [{"initiative_id": "I1"}, {"initiative_id": "I2"}]),
        Load("work_items", [_item("W", None, initiative_id="I2")]),
        Load("ledger_entries", [
            _entry("own", 100, initiative_id="I1", work_item_id="W"),
            _entry("of its work", 10, work_item_id="W"),
            _entry("nobody's", 1),
            _entry("refund", -0.5, initiative_id="I1"),
            _entry("31 days", 100, currency="USD", posted_date=date(2025, 5, 31)),  # rate of 30 April: 80
            _entry("32 days", 100, currency="USD", posted_date=date(2025, 6, 1)),
            _entry("rounded", 0.00005, currency="EUR"),  # halves away from zero: 0.0001
            _entry("swap", 999, account_code="1210"),
            _entry("no account", 999, account_code="?"),
            _entry("ahead", 999, posted_date=date(2025, 7, 1)),
            _entry("sale", -40, account_code="4000"),
            _entry("refunded sale", 15, account_code="4000"),
        ]),
    ])  # fmt: skip
    return tmp_path / "s.duckdb"


def test_cost_takes_cost_accounts_at_rates_of_their_time(tmp_path: Path) -> None:
    cells = recomputed_cells(_ledger(tmp_path), "cost")
    assert cells[TOTAL] == (pytest.approx(190.5001, rel=1e-12), 6)
    assert cells[_month("2025-06-01")] == (None, 0)


def test_cost_of_a_member_is_where_it_is_allocated(tmp_path: Path) -> None:
    cells = recomputed_cells(_ledger(tmp_path), "cost")
    assert cells["all", None, "initiative", "I2"] == (110, 2)  # that of the work item, also where the entry names I1
    assert cells["all", None, "initiative", "I1"] == (-0.5, 1)
    assert cells["all", None, "initiative", "-2"] == (pytest.approx(81.0001, rel=1e-12), 3)
    assert cells["month", "2025-05-01", "team", "-2"] == (80, 1)


def _capital() -> list[Load]:
    return [
        Load("accounts", [
            {"account_code": "5000", "account_type": "cost", "cost_category": "labour"},
            {"account_code": "5100", "account_type": "cost", "cost_category": "hosting"},
            {"account_code": "5200", "account_type": "cost", "is_capital": True},
            {"account_code": "5900", "account_type": "other"},
            {"account_code": "5901", "account_type": "cost"},
        ]),
        Load("ledger_entries", [
            _entry("salary", 1000), _entry("cloud", 100, account_code="5100"), _entry("server", 10, account_code="5200"),
            _entry("wear", 2, account_code="5900"), _entry("wear, as cost", 3, account_code="5901"),
            _entry("no account", 5000, account_code="?"),
        ]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "cost", "entries"),
    [
        ({}, 1113, 4),
        # depreciation stands beside the spending, and isn't counted with it
        ({"depreciation_accounts": ["5900", "5901"]}, 1110, 3),
        ({"depreciation_accounts": ["5900", "5901"], "capital_cost": "amortised"}, 1105, 4),
        ({"labour_categories": ["labour"]}, 1113, 4),
        ({"labour_categories": ["labour"], "labour_cost": "rates"}, 113, 3),
    ],
)
def test_cost_is_what_the_portfolios_rules_say(
    settings: dict[str, Any], cost: float, entries: int, tmp_path: Path
) -> None:
    land(tmp_path / "s.duckdb", _capital(), **settings)
    assert recomputed_cells(tmp_path / "s.duckdb", "cost")[TOTAL] == (cost, entries)


def test_cost_by_rates_is_hours_at_the_rate_of_the_day(tmp_path: Path) -> None:
    def hours(name: str, person: str, day: date, worked: float, item: str | None = None) -> Row:
        return {"time_entry_id": name, "person_id": person, "work_date": day, "hours": worked, "work_item_id": item}

    def rate(valid_from: date, cost: float, currency: str = "EUR", **whose: str) -> Row:
        return {"valid_from": valid_from, "hourly_cost": cost, "currency": currency} | whose

    land(tmp_path / "s.duckdb", [
        ACCOUNTS, RATES,
        Load("teams", [{"team_id": "T1"}, {"team_id": "T2"}, {"team_id": "T3"}]),
        Load("initiatives", [{"initiative_id": "I1"}]),
        Load("people", [{"person_id": "ann", "team_id": "T1"}, {"person_id": "bob", "team_id": "T1"}],
             observed_at=datetime(2025, 4, 1)),
        Load("people", [{"person_id": "ann", "team_id": "T2"}], observed_at=datetime(2025, 4, 20, 12)),
        Load("work_items", [
            _item("D", None, initiative_id="I1", team_id="T3", product_id="P1"),
            _item("S", None, is_deliverable=False, parent_work_item_id="D"),
            _item("E", None, is_deliverable=False),
            _item("E2", None, is_deliverable=False, parent_work_item_id="E3"),  # a circle above no deliverable
            _item("E3", None, is_deliverable=False, parent_work_item_id="E2"),
        ]),
        Load("labour_rates", [
            rate(date(2025, 1, 1), 10, person_id="ann"),
            rate(date(2025, 4, 11), 20, person_id="ann"),
            rate(date(2025, 4, 1), 40, "USD", team_id="T1"),
        ]),
        Load("time_entries", [
            hours("a", "ann", date(2025, 4, 10), 1, "S"),  # 10
            hours("b", "ann", date(2025, 4, 11), 2, "D"),  # 40
            hours("c", "bob", date(2025, 4, 10), 0.5, "D"),  # 20 USD at the rate of 30 April: 16
            hours("d", "ann", date(2025, 4, 20), 1, "E"),  # T1 still at midnight: 20
            hours("e", "ann", date(2025, 4, 21), 1, "E2"),  # T2: 20
            hours("f", "bob", date(2025, 5, 2), 1),  # gone, but T1 all the same: 40 USD at the rate of 31 May: 32
            hours("g", "cy", date(2025, 5, 2), 1, "D"),  # nobody knows cy's rate
            hours("h", "ann", date(2025, 7, 1), 24, "D"),  # after now
        ]),
        Load("ledger_entries", [_entry("books", 1000)]),
    ], labour_cost="rates")  # fmt: skip
    cells = recomputed_cells(tmp_path / "s.duckdb", "cost")
    assert cells[TOTAL] == (1138, 6)
    assert cells[_month("2025-04-01")] == (1106, 5)


def test_revenue_turns_the_sign_and_takes_refunds_off(tmp_path: Path) -> None:
    assert recomputed_cells(_ledger(tmp_path), "revenue")[TOTAL] == (25, 2)


def test_budget_variance_takes_the_latest_version_known_by_now(tmp_path: Path) -> None:
    def row(name: str, month: date, amount: float, version: str, known: date, currency: str = "EUR") -> Row:
        return {
            "budget_id": name, "month": month, "amount": amount, "currency": currency, "budget_version": version,
            "version_date": known,
        }  # fmt: skip

    april, known = date(2025, 4, 1), date(2025, 3, 1)
    land(tmp_path / "s.duckdb", [
        ACCOUNTS, RATES,
        Load("ledger_entries", [_entry("cost", 500)]),
        Load("budgets", [
            row("old", april, 1000, "v1", date(2025, 2, 1)),
            row("same day, lesser name", april, 2000, "v2", known),
            row("in force", april, 300, "v3", known),
            row("month end", april, 100, "v3", known, "USD"),  # rate of 30 April, not of the 1st: 80
            row("no rate in time", date(2025, 6, 1), 100, "v3", known, "USD"),
            row("not yet known", april, 9000, "v4", date(2025, 7, 1)),
            row("year before", date(2025, 3, 1), 70, "v1", known),
        ]),
    ])  # fmt: skip
    spent = [(1, date(2025, 4, 10), "-2", 500.0)]
    assert recomputed_cells(tmp_path / "s.duckdb", "budget_variance", spent) == {
        ("fiscal_year", "2025-04-01", "total", "total"): (120, 1),
        ("fiscal_year", "2024-04-01", "total", "total"): (-70, 1),
    }


def test_approval_counts_an_answer_a_person_and_leaves_abstentions_out(tmp_path: Path) -> None:
    land(tmp_path / "s.duckdb", [
        Load("products", [{"product_id": "P1"}]),
        Load("survey_responses", [
            _answer("a1", "approval", 1, "ann"),
            _answer("a2", "approval", 0, "ann", responded_at=_utc(5, 4)),  # earlier: the latest counts
            _answer("b1", "approval", 1, "bob"),
            _answer("b2", "approval", 0, "bob"),  # in one instant: the greatest id counts
            _answer("c1", "approval", 1, "cy"),
            _answer("c2", "approval", 0.5, "cy", responded_at=_utc(5, 6)),  # the latest is an abstention
            _answer("d1", "approval", 1, None),
            _answer("d2", "approval", 1, None),
            _answer("e1", "approval", 1, "eve", scale_max=10),
            _answer("f1", "approval", 1, "flo", is_score_question=False),
            _answer("g1", "approval", 0, "gus", responded_at=_utc(5, 31, 22, 30)),  # June in Berlin
            _answer("h1", "approval", 0, "hal", responded_at=_utc(6, 30, 22, 30)),  # after now
        ]),
    ])  # fmt: skip
    cells = recomputed_cells(tmp_path / "s.duckdb", "approval_rate")
    assert cells[_month("2025-05-01")] == (3 / 4, 4)
    assert cells[_month("2025-06-01", "product", "P1")] == (0, 1)
    assert cells[TOTAL] == (3 / 5, 5)


def test_nps_takes_whole_numbers_of_ten_and_counts_people(tmp_path: Path) -> None:
    land(tmp_path / "s.duckdb", [
        Load("teams", [{"team_id": "T1"}]),
        Load("survey_responses", [
            _answer("a1", "nps", 9, "ann", team_id="T1"),
            _answer("a2", "nps", 6, "ann", responded_at=_utc(6, 2)),  # another month
            _answer("a3", "nps", 10, "ann", product_id="P2"),  # another product
            _answer("b1", "nps", 1, "bob", higher_is_better=False),  # mirrored: 9
            _answer("c1", "nps", 8, None),
            _answer("c2", "nps", 0, None),
            _answer("d1", "nps", 8.5, "dan"),
            _answer("e1", "nps", 5, "eve", scale_min=1, scale_max=5),
        ]),
    ])  # fmt: skip
    cells = recomputed_cells(tmp_path / "s.duckdb", "nps")
    assert cells[TOTAL] == (pytest.approx(100 * (3 - 2) / 6), 4)
    assert cells[_month("2025-05-01")] == (40, 4)
    assert cells["year", "2025-01-01", "team", "T1"] == (100, 1)


def test_roi_takes_actual_hard_benefits_to_date(tmp_path: Path) -> None:
    def benefit(name: str, initiative: str, amount: float, **columns: Any) -> Row:
        return {
            "benefit_id": name, "initiative_id": initiative, "month": date(2025, 4, 1), "benefit_type": "hard",
            "scenario": "actual", "amount": amount, "currency": "EUR",
        } | columns  # fmt: skip

    land(tmp_path / "s.duckdb", [
        ACCOUNTS, RATES,
        Load("initiatives", [{"initiative_id": name} for name in ("I1", "I2", "I3", "I4")]),
        Load("benefits", [
            benefit("own", "I1", 200),
            benefit("loss", "I1", -50),
            benefit("at month end", "I1", 100, currency="USD"),  # rate of 30 April: 80
            benefit("planned", "I1", 999, scenario="planned"),
            benefit("soft", "I4", 999, benefit_type="soft"),
            benefit("ahead", "I4", 999, month=date(2025, 7, 1)),
            benefit("negative", "I2", -10),
            benefit("free", "I3", 7),  # no known cost: left out, in the total as well
        ]),
    ])  # fmt: skip
    day = date(2025, 5, 1)
    parts = [(1, day, "I1", 100.0), (2, day, "I2", 50.0), (3, day, "I4", 1000.0)]
    assert recomputed_cells(tmp_path / "s.duckdb", "roi", parts) == {
        TOTAL: (pytest.approx((230 - 10 - 150) / 150), 2),
        ("all", None, "initiative", "I1"): (pytest.approx(1.3), 1),
        ("all", None, "initiative", "I2"): (pytest.approx(-1.2), 1),
        ("all", None, "initiative", "I3"): (None, 0),
    }


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        # the later row counts, whatever the order of the rows
        (Load("work_items", [_item("a", None), _item("b", _utc(5, 2))]), 1),
        # a snapshot without it: gone
        (Load("work_items", [_item("a", _utc(5, 1))]), 1),
        # rejected there: still held
        (Load("work_items", [_item("a", _utc(5, 1))], held=[{"work_item_id": "b"}]), 2),
        # an increment, and a snapshot with an unreadable key, delete nothing
        (Load("work_items", [_item("a", _utc(5, 1))], kind="increment", deletes=False), 2),
        (Load("work_items", [_item("a", _utc(5, 1))], deletes=False), 2),
        # another source's snapshot deletes nothing of this one
        (Load("work_items", [_item("c", _utc(5, 1))], source="lab"), 3),
    ],
)
def test_recomputations_see_what_the_sources_show_now(second: Load, expected: int, tmp_path: Path) -> None:
    first = Load("work_items", [_item("a", _utc(5, 1)), _item("b", _utc(5, 1))])
    land(tmp_path / "s.duckdb", [first, second])
    assert recomputed_cells(tmp_path / "s.duckdb", "delivered")[TOTAL] == (expected, expected)


@pytest.fixture(scope="module")
def tiny_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portfolio computed by hand, landed and exposed as a build sees it."""
    home = tmp_path_factory.mktemp("tiny")
    config = yaml.safe_load((TINY / "portfolio.yml").read_text())
    portfolio = Portfolio.model_validate(config)
    rules = LandingRules(currencies=frozenset({"EUR", "USD", *config["tokens"]}))
    for source in config["sources"]:
        land_source(TINY, home, FileSource.model_validate(source), rules, portfolio_key(home), datetime.now(UTC))
    settings = portfolio.build_settings(portfolio.now())
    (home / "build").mkdir()
    frozen_loads.expose(frozen_loads.freeze(home, datetime.now(UTC)), home, home / "build" / "stage.duckdb", settings)
    return home / "build" / "stage.duckdb"


@pytest.mark.parametrize("metric", BY_HAND)
def test_recomputations_agree_with_the_portfolio_computed_by_hand(metric: str, tiny_stage: Path) -> None:
    cells = recomputed_cells(tiny_stage, metric)
    with (TINY / "expected" / "metrics.csv").open() as file:
        expected = [row for row in csv.DictReader(file) if row["metric_name"] == metric]
    assert expected
    for row in expected:
        if metric in ("budget_variance", "roi"):
            continue  # depends on the build's own allocation: the end-to-end test holds it
        cell = (row["grain"], row["period_start"] or None, row["dimension_name"], row["member_id"] or "total")
        value = float(row["value"]) if row["value"] else None
        if cell in cells:
            assert cells[cell] == (value if value is None else pytest.approx(value, rel=1e-9), int(row["n"])), cell
        else:  # nothing there: not measured, or a covered period's zero
            assert value in (None, 0) and int(row["n"]) == 0, cell
