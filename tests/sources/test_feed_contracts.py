"""The contracts are feeds.md: every feed with its columns, types, keys, enumerations and personal marks."""

import re

import pytest

from sources.contracts import load_contracts
from tests.sources.feed_table import ADDED, EITHER, FEEDS, columns_of

CONTRACTS = load_contracts()
COLUMNS = [(feed, column) for feed in FEEDS for column in columns_of(feed)]


def test_every_feed_is_declared_and_no_other() -> None:
    assert set(CONTRACTS) == set(FEEDS)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_has_its_columns(feed: str) -> None:
    declared = {c.name for c in CONTRACTS[feed].columns}
    assert declared - {c.name for c in columns_of(feed)} == {name for f, name in ADDED if f == feed}
    assert {c.name for c in columns_of(feed)} - declared == set()


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_has_its_keys(feed: str) -> None:
    assert [c.name for c in CONTRACTS[feed].keys] == [c.name for c in columns_of(feed) if c.key]


@pytest.mark.parametrize(("feed", "expected"), COLUMNS, ids=lambda v: getattr(v, "name", v))
def test_a_column_is_as_declared(feed: str, expected: object) -> None:
    wanted = next(c for f, c in COLUMNS if f == feed and c is expected)
    column = next(c for c in CONTRACTS[feed].columns if c.name == wanted.name)
    must = wanted.required or (wanted.key and (feed, wanted.name) not in EITHER)
    assert (
        column.type,
        column.must_have_value,
        column.values,
        column.personal,
        bool(column.personal_when),
        bool(column.personal_if),
    ) == (
        wanted.type,
        must,
        wanted.values,
        wanted.personal,
        wanted.sometimes,
        wanted.somewhere,
    )


def test_money_lands_as_decimal_28_10() -> None:
    amount = next(c for c in CONTRACTS["ledger_entries"].columns if c.name == "amount")
    assert amount.sql_type == "decimal(28,10)"


@pytest.mark.parametrize("feed", FEEDS)
def test_every_amount_has_a_unit(feed: str) -> None:
    money = [c for c in CONTRACTS[feed].columns if re.search(r"amount|cost$|hours", c.name) and c.type == "decimal"]
    assert [c.name for c in money if not c.unit] == []


def test_fingerprints_tell_feeds_apart() -> None:
    assert len({feed.fingerprint for feed in CONTRACTS.values()}) == len(FEEDS)
