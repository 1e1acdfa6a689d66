"""Sparse portfolios: tiny without most of its feeds, to check that the product claims nothing about missing data."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import yaml

from tests.end_to_end.harness import TINY, copy_portfolio

TASKS = ("work_items", "work_item_changes")
FINANCE = ("accounts", "ledger_entries", "exchange_rates", "budgets", "benefits", "initiatives")
GOALS = ("objectives", "key_results", "key_result_checkins")
# tiny has no check-ins: (key result, day, value); the third goal was never looked at
CHECKINS = [("KR1", date(2025, 2, 3), 66), ("KR1", date(2025, 6, 2), 72), ("KR2", date(2025, 6, 3), 2)]

SPARSE = {
    "only_tasks": TASKS,
    "only_surveys": ("survey_responses",),
    "only_goals": GOALS,
    "only_finance": FINANCE,
    "without_goals": (*TASKS, *FINANCE, "teams", "products"),
}


def sparse_portfolio(name: str, folder: Path) -> Path:
    """Write one of `SPARSE` into a folder that doesn't exist yet, and return that."""
    feeds = SPARSE[name]
    copy_portfolio(TINY, folder)
    if "key_result_checkins" in feeds:
        _write_checkins(folder / "feeds" / "key_result_checkins.csv")
    _remove(path for path in (folder / "feeds").iterdir() if path.name.partition(".")[0] not in feeds)
    if "ledger_entries" not in feeds:
        _remove((folder / "data").iterdir())
    file = folder / "portfolio.yml"
    declared = yaml.safe_load(file.read_text()) | {"name": name, "title": name.replace("_", " ").capitalize()}
    [office] = declared["sources"]
    office["covers"] = {feed: days for feed, days in office["covers"].items() if feed in feeds}
    file.write_text(yaml.safe_dump(declared))
    return folder


def _write_checkins(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("key_result_id", "checked_at", "value", "confidence", "note"))
        writer.writerows((goal, f"{day}T09:00:00Z", value, None, None) for goal, day, value in CHECKINS)


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        path.unlink()
