"""Freshness between refreshes: feeds by the audit's rule, the published warehouse by the schedule."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dagster_project import freshness as module
from dagster_project.freshness import freshness
from dagster_project.settings import Portfolio, Workspace
from sources import loads

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)  # a Tuesday


def space(home: Path, **more: Any) -> Workspace:
    content = {"name": "acme", "title": "Acme", "reporting_currency": "EUR"} | more
    return Workspace.model_validate(
        {"folder": home, "home": home, "key": None, "portfolio": Portfolio.model_validate(content)}
    )


def shown(monkeypatch: pytest.MonkeyPatch, *days_ago: int) -> None:
    """The tracker showed its work items so many days ago."""
    found = [
        {
            "feed": "work_items",
            "source": "tracker",
            "load_id": str(days),
            "observed_at": (NOW - timedelta(days)).isoformat(),
        }
        for days in days_ago
    ]
    monkeypatch.setattr(module.loads, "freeze", lambda _home, now, **_: loads.Frozen(tuple(found), now))


@pytest.mark.parametrize(
    ("days_ago", "is_fresh", "expected"),
    [
        ([3], True, "at most 35 days ago"),
        ([35], True, "at most 35 days ago"),
        ([36], False, "at most 35 days ago"),
        ([230, 140, 50], True, "at most 105 days ago"),  # a quarterly export
    ],
)
def test_a_feed_is_as_fresh_as_the_audit_would_find_it_now(
    days_ago: list[int], is_fresh: bool, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(monkeypatch, *days_ago)

    [found] = freshness(space(tmp_path), NOW)

    assert (found.name, found.is_fresh, found.expected) == ("work_items", is_fresh, expected)
    assert found.observed == f"tracker last showed it {min(days_ago)} days ago"


class Served:
    published_at = NOW - timedelta(days=9)


@pytest.mark.parametrize(
    ("outcome", "ended", "is_fresh"),
    [
        ("published", "2026-06-30T06:05:00+00:00", True),
        ("unchanged", "2026-06-29T06:05:00+00:00", True),  # today's may be late
        ("unchanged", "2026-06-26T06:05:00+00:00", False),  # it missed Monday's and today's
        ("failed", "2026-06-30T06:05:00+00:00", False),
    ],
)
def test_the_warehouse_is_fresh_if_it_missed_no_more_than_the_last_time_of_the_schedule(
    outcome: str, ended: str, is_fresh: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(monkeypatch)
    monkeypatch.setattr(module, "served_if_whole", lambda _home: Served())
    (tmp_path / "last_refresh.json").write_text(json.dumps({"outcome": outcome, "ended_at": ended, "message": None}))

    [found] = freshness(space(tmp_path, schedule="0 6 * * 1-5"), NOW)

    assert (found.name, found.is_fresh) == ("published_warehouse", is_fresh)
    assert found.expected == "since 29 Jun 2026, 06:00 UTC, the schedule's last time but one"


@pytest.mark.parametrize("schedule", ["@daily", "0 0 * * *"])
def test_a_schedule_may_be_a_word(schedule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(monkeypatch)
    monkeypatch.setattr(module, "served_if_whole", lambda _home: Served())

    [found] = freshness(space(tmp_path, schedule=schedule), NOW)

    assert found.expected == "since 29 Jun 2026, 00:00 UTC, the schedule's last time but one"


def test_without_a_schedule_or_a_version_the_warehouse_is_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(monkeypatch)

    assert freshness(space(tmp_path, schedule="@daily"), NOW) == []
    monkeypatch.setattr(module, "served_if_whole", lambda _home: Served())
    assert freshness(space(tmp_path), NOW) == []
