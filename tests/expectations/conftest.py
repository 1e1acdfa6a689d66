"""The build that agrees with itself, and a copy of it to spoil."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import shared
from tests.expectations.builds import Load, build


def _at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2025, month, day, hour)


def _item(name: str, **columns: object) -> dict[str, object]:
    return {
        "work_item_id": name, "item_type": "feature", "title": name, "status": "Done", "status_category": "done",
        "is_deliverable": True, "initiative_id": "I1", "team_id": "T1", "product_id": "P1",
        "resolution": "done", "created_at": _at(1, 2), "committed_at": _at(1, 10), "due_date": date(2025, 5, 1), "done_at": _at(4, 20),
    } | columns  # fmt: skip


def _entry(name: str, amount: float, **columns: object) -> dict[str, object]:
    return {
        "ledger_entry_id": name, "posted_date": date(2025, 4, 10), "account_code": "5000", "amount": amount,
        "currency": "EUR", "initiative_id": "I1", "team_id": "T1", "product_id": "P1",
    } | columns  # fmt: skip


def _answer(name: str, survey: str, score: float, scale_max: int, **columns: object) -> dict[str, object]:
    return {
        "response_id": name, "question_id": survey, "survey_type": survey, "is_score_question": True, "score": score,
        "scale_min": 0, "scale_max": scale_max, "higher_is_better": True, "respondent_id": name, "product_id": "P1",
        "team_id": "T1", "responded_at": _at(5, 5),
    } | columns  # fmt: skip


def _ticket(month: int, number: int) -> dict[str, object]:
    opened = datetime(2024 + month // 12, month % 12 + 1, number % 28 + 1, 8 + 4 * (number % 2))
    return {
        "ticket_id": f"K{month}-{number}", "product_id": "P1", "customer_id": "C1", "opened_at": opened,
        "first_response_at": opened + timedelta(hours=2), "channel": "mail" if number % 2 else "phone",
    }  # fmt: skip


def _booking(month: int, number: int) -> dict[str, object]:
    day = date(2024 + month // 12, month % 12 + 1, number % 28 + 1)
    return {
        "time_entry_id": f"H{month}-{number}",
        "person_id": "p",
        "work_item_id": "D1",
        "work_date": day,
        "hours": 1 + number % 3,
    }


# a source that has brought the same for long enough to be judged by its history: the months up to June 2025
MONTHS = range(9, 18)
HISTORY = [
    Load(
        feed,
        [row(month, number) for number in range(40)],
        kind="increment",
        observed_at=datetime(2024 + month // 12, month % 12 + 1, 28, 20),
    )
    for month in MONTHS
    for feed, row in (("support_tickets", _ticket), ("time_entries", _booking))
]

LOADS = [
    *HISTORY,
    Load("initiatives", [{"initiative_id": "I1", "name": "One", "stage": "active"}]),
    Load("customers", [{"customer_id": "C1", "segment": "small"}]),
    Load("people", [{"person_id": "p", "team_id": "T1"}]),
    Load("teams", [{"team_id": "T1", "name": "Web"}]),
    Load("products", [{"product_id": "P1", "name": "Shop"}]),
    Load("accounts", [
        {"account_code": "5000", "account_name": "Salaries", "account_type": "cost"},
        {"account_code": "4000", "account_name": "Sales", "account_type": "revenue"},
    ]),
    Load("exchange_rates", [{"rate_date": date(2025, 3, 31), "currency": "USD", "rate_to_reporting": 0.9}]),
    Load("work_items", [
        _item("D1"),
        _item("D2", done_at=_at(6, 3), due_date=date(2025, 6, 1), team_id=None),
        _item("D3", status="Open", status_category="in_progress", done_at=None, resolution=None, due_date=date(2025, 6, 10)),
    ]),
    Load("ledger_entries", [
        _entry("L1", 100),
        _entry("L2", 50, currency="USD"),
        _entry("L3", 30, posted_date=date(2025, 6, 1), initiative_id=None, product_id=None),
        _entry("L4", -500, account_code="4000"),
        _entry("L5", 0, currency="USD"),
        *(_entry(f"M{month}", -500, account_code="4000", posted_date=date(2024 + month // 12, month % 12 + 1, 10))
          for month in MONTHS),
    ], covers=[[date(2024, 10, 1), date(2025, 7, 1)]]),
    Load("budgets", [{
        "budget_id": "B1", "month": date(2025, 4, 1), "amount": 150, "currency": "EUR", "budget_version": "v1",
        "version_date": date(2025, 3, 1),
    }]),
    Load("work_item_changes", [
        {
            "work_item_id": "D1", "field": "status", "changed_at": _at(*day), "change_seq": 0, "from_value": before,
            "to_value": after, "from_category": "to_do" if before == "Waiting" else None,
        }
        for day, before, after in (((2, 1), "Waiting", "Open"), ((4, 20), "Open", "Done"))
    ]),
    Load("usage_daily", [
        {"product_id": "P1", "user_id": "u", "usage_date": date(2025, 5, 5), "feature": "search", "events": 3},
    ]),
    Load("initiative_reports", [{"initiative_id": "I1", "reported_at": _at(5, 5), "health": "green"}]),
    Load("rituals", [{"ritual_id": "R1", "ritual_type": "training", "team_id": "T1", "held_at": _at(5, 5)}]),
    Load("decisions", [{
        "decision_id": "Y1", "kind": "goal_changed", "trigger_kind": "experiment", "trigger_id": "X1",
        "decided_at": _at(6, 5),
    }]),
    Load("experiments", [{
        "experiment_id": "X1", "hypothesis": "h", "team_id": "T1", "started_at": _at(5, 5), "decided_at": _at(6, 5),
        "changed_decision": True,
    }]),
    Load("benefits", [
        {
            "benefit_id": f"N{number}", "initiative_id": "I1", "month": date(2025, 5, 1), "benefit_type": kind,
            "scenario": scenario, "amount": 290, "currency": "EUR",
        }
        for number, (kind, scenario) in enumerate((("hard", "actual"), ("hard", "planned"), ("soft", "actual")))
    ]),
    Load("survey_responses", [
        _answer("A1", "approval", 1, 1), _answer("A2", "approval", 0, 1),
        _answer("N1", "nps", 9, 10), _answer("N2", "nps", 3, 10), _answer("N3", "nps", 10, 10),
        _answer("E1", "enps", 10, 10),
    ]),
]  # fmt: skip


@pytest.fixture(scope="session")
def sound_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build in which everything agrees: (warehouse, stage), not to be changed."""
    folder = shared(tmp_path_factory, "sound", _build_sound)
    return folder / "warehouse.duckdb", folder / "stage.duckdb"


def _build_sound(folder: Path) -> None:
    folder.mkdir()
    build(folder, LOADS)


@pytest.fixture
def a_build(sound_build: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the sound build, to spoil: (warehouse, stage)."""
    warehouse, stage = (Path(shutil.copy(path, tmp_path)) for path in sound_build)
    return warehouse, stage
