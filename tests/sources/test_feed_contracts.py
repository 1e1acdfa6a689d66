"""What must be true of every contract, whatever feeds and columns there are."""

import re

import pytest

from sources.contracts import load_contracts

CONTRACTS = load_contracts()
OF_A_PERSON = re.compile(r"(^|_)(approver|assignee|author|owner|person|respondent|reviewer|user)_id$|_by$")
FREE_TEXT = re.compile(r"^(comment|note)s?$")


@pytest.mark.parametrize("feed", CONTRACTS)
def test_every_id_of_a_person_is_personal(feed: str) -> None:
    columns = [c for c in CONTRACTS[feed].columns if OF_A_PERSON.search(c.name)]
    assert [c.name for c in columns if c.personal != "id"] == []


@pytest.mark.parametrize("feed", CONTRACTS)
def test_all_free_text_is_personal(feed: str) -> None:
    columns = [c for c in CONTRACTS[feed].columns if FREE_TEXT.search(c.name)]
    assert [c.name for c in columns if c.personal != "text"] == []


def test_money_lands_as_decimal_28_10() -> None:
    amount = next(c for c in CONTRACTS["ledger_entries"].columns if c.name == "amount")
    assert amount.sql_type == "decimal(28,10)"


@pytest.mark.parametrize("feed", CONTRACTS)
def test_every_amount_has_a_unit(feed: str) -> None:
    money = [c for c in CONTRACTS[feed].columns if re.search(r"amount|cost$|hours", c.name) and c.type == "decimal"]
    assert [c.name for c in money if not c.unit] == []


def test_fingerprints_tell_feeds_apart() -> None:
    assert len({feed.fingerprint for feed in CONTRACTS.values()}) == len(CONTRACTS)
