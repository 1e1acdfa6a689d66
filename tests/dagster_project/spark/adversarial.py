"""A portfolio of rows that engines read differently: NULL wherever it may be, ties, the ends of ranges, days on which clocks change, cycles.

It begins as a random portfolio; of each feed some rows are copied under keys of their own and changed.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from sources.contracts import Column, Feed, load_contracts
from tests.dbt.random_portfolios import Row, Spec, rows_now, write

SPEC = Spec(seed=20251130, time_zone="America/New_York", labour_cost="ledger", observation_window_days=30, cases=3)
# in New York: an hour that is skipped, one that comes twice, both ends of a leap day, the last microsecond of a quarter
MOMENTS = [
    datetime(2025, 3, 9, 7, 30),
    datetime(2024, 11, 3, 5, 30),
    datetime(2024, 11, 3, 6, 30),
    datetime(2024, 2, 29, 23, 59, 59, 999999),
    datetime(2025, 4, 1, 3, 59, 59, 999999),
]
DAYS = [date(2024, 2, 29), date(2025, 3, 9), date(2024, 12, 30), date(2024, 12, 31), date(2025, 3, 31)]
AMOUNTS = [
    Decimal(text) for text in ("0.9999999", "0.0000000001", "12345678.0123456789", "10.0000001", "33.3333333333")
]
TEXTS = ["1234567890" * 4, "🚀 Ærø \u202e'\"\\|; ", " ", "2024-02", "NaN", "null"]


def write_adversarial(folder: Path) -> Path:
    """Write the portfolio; every rejected row is one that the contract has no place for, and none ends the landing."""
    contracts, feeds = load_contracts(), rows_now(SPEC)
    for name, rows in feeds.items():
        feeds[name] = [*rows, *_changed(contracts[name], rows)]
    write(folder, feeds)
    declared = {
        "name": "adversarial",
        "title": "Adversarial 🚀",
        "reporting_currency": "EUR",
        "time_zone": SPEC.time_zone,
        "fiscal_year_start_month": 4,
        "as_of": date(2025, 6, 30),
        "generated": True,
        "overhead_categories": ["rent"],
        "thresholds": {"quarantine_fail_share": 1.0, "deleted_fail_share": 1.0},
        "sources": [{"name": "office", "path": "feeds", "kind": "snapshot"}],
    }
    (folder / "portfolio.yml").write_text(yaml.safe_dump(declared, allow_unicode=True))
    return folder


def _changed(feed: Feed, rows: list[Row]) -> Iterator[Row]:
    for place, row in enumerate(rows[:12]):
        yield _renamed(feed, row, "-twin")
        yield _renamed(feed, {c.name: row.get(c.name) for c in feed.columns if c.must_have_value}, "-bare")
        yield _renamed(feed, {c.name: _extreme(c, row.get(c.name), place) for c in feed.columns}, "-far")
        yield _renamed(feed, {c.name: _extreme(c, row.get(c.name), place + 1) for c in feed.columns}, "-farther")
    yield from _cycle(feed, rows)


def _renamed(feed: Feed, row: Row, suffix: str) -> Row:
    """The row under another key, where texts make up its key."""
    texts = [c.name for c in feed.keys if c.type == "string" and not c.values and row.get(c.name)]
    return row | {texts[0]: f"{row[texts[0]]}{suffix}"} if texts else row


def _extreme(column: Column, value: Any, place: int) -> Any:
    """Another value of a column's type that is hard; of keys, references and listed values the same."""
    if column.open_ended:
        return date(9999, 12, 31)
    if column.type == "timestamp":
        return MOMENTS[place % len(MOMENTS)] if value is not None else None
    if column.type == "date":
        return DAYS[place % len(DAYS)] if value is not None else None
    if column.type == "decimal":
        return AMOUNTS[place % len(AMOUNTS)]
    if column.type == "string" and not (column.key or column.values or column.name.endswith(("_id", "_code", "field"))):
        return TEXTS[place % len(TEXTS)] if value is not None else None
    return value


def _cycle(feed: Feed, rows: list[Row]) -> Iterator[Row]:
    """Three rows each of which is another's parent."""
    for parent in [c.name for c in feed.columns if c.name.startswith("parent_")]:
        [key] = [c.name for c in feed.keys if parent == f"parent_{c.name}"]
        names = [f"{row[key]}-round" for row in rows[:3]]
        for row, name, above in zip(rows, names, [*names[1:], *names[:1]], strict=False):
            yield row | {key: name, parent: above}
