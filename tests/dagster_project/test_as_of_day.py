"""`--as-of`: a day on which something was known, in the portfolio's time zone, and not later than now."""

import json
from datetime import date
from pathlib import Path

import pytest

from dagster_project.execution import known_then
from dagster_project.settings import Portfolio, PortfolioError, Workspace

MINIMAL = {"name": "mine", "title": "Mine", "reporting_currency": "EUR", "time_zone": "Europe/Berlin"}


def space(home: Path, *observed: str, as_of: date | None = None) -> Workspace:
    """A portfolio whose loads were observed at these moments."""
    for number, moment in enumerate(observed):
        load = {"feed": "teams", "source": "office", "load_id": f"L{number}", "observed_at": moment}
        folder = home / "landing" / "teams" / "source=office" / f"load=L{number}"
        folder.mkdir(parents=True)
        (folder / "load.json").write_text(json.dumps(load))
    return Workspace(folder=home, home=home, portfolio=Portfolio.model_validate(MINIMAL | {"as_of": as_of}), key=None)


def test_the_day_ends_in_the_portfolio_s_zone(tmp_path: Path) -> None:
    """23:59 in Berlin is the day before in UTC by the clock of neither; 00:01 is the next day."""
    mine = space(tmp_path, "2026-03-31T21:59:59+00:00")

    assert known_then(mine, "2026-03-31") == date(2026, 3, 31)


def test_what_was_observed_after_the_day_was_not_known(tmp_path: Path) -> None:
    mine = space(tmp_path, "2026-03-31T22:00:00+00:00")

    with pytest.raises(PortfolioError, match=r"first load was observed at 2026-03-31T22:00:00\+00:00.*later day"):
        known_then(mine, "2026-03-31")


def test_where_nothing_has_landed_it_asks_for_a_refresh(tmp_path: Path) -> None:
    with pytest.raises(PortfolioError, match=r"Nothing has landed.*outcomes refresh"):
        known_then(space(tmp_path), "2026-03-31")


@pytest.mark.parametrize("text", ["31.03.2026", "20260331", "2026-W14-2", "2026-02-30", "yesterday", ""])
def test_what_is_no_day_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(PortfolioError, match=r"this is not a day. To fix: write it as 2026-03-31"):
        known_then(space(tmp_path), text)


def test_a_day_that_has_not_ended_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PortfolioError, match="has not ended in Europe/Berlin"):
        known_then(space(tmp_path, "2026-03-31T12:00:00+00:00"), "9999-12-31")


def test_where_the_portfolio_fixes_its_day_no_later_one_is_taken(tmp_path: Path) -> None:
    mine = space(tmp_path, "2026-03-31T12:00:00+00:00", as_of=date(2026, 3, 31))

    assert known_then(mine, "2026-03-31") == date(2026, 3, 31)
    with pytest.raises(PortfolioError, match=r"as_of of portfolio.yml"):
        known_then(mine, "2026-04-01")
