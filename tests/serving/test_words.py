"""Figures in words."""

from datetime import date, timedelta

import pytest

from serving import words
from serving.figures import Value


def total(value: float | None, status: str = "measured", n_excluded: int = 0) -> Value:
    return Value(None, None, value, 10, n_excluded, None, None, status)


@pytest.mark.parametrize(
    ("value", "unit", "currency", "expected"),
    [
        (0.0, "count", "USD", "0"),
        (1234567, "count", "USD", "1,234,567"),
        (0.14583, "share", "USD", "14.6%"),
        (0.0, "share", "USD", "0%"),
        (-1.5, "ratio", "USD", "−150%"),
        (14566410.4, "currency", "USD", "$14,566,410"),
        (-12.5, "currency", "EUR", "−€12.50"),
        (12345.6, "currency", "MANA", "12,346 MANA"),
        (-12345.6, "currency", "MANA", "−12,346 MANA"),
        (-31.25, "points", "USD", "−31.2"),
        (-0.001, "currency", "USD", "$0.00"),
        (0.5, "currency", "JPY", "¥0"),
        (5, "currency", "<b>", "5.00 <b>"),
        (5, "currency", "", "5.00"),
        (31.25, "points", "USD", "+31.2"),
        (0.0, "points", "USD", "0"),
        (-0.01, "points", "USD", "0"),
        (0.426, "score", "USD", "0.43"),
        (-0.3, "score", "USD", "−0.3"),
        (1, "days", "USD", "1 day"),
        (41.26, "days", "USD", "41.3 days"),
        (3, None, "USD", "3"),
        (3, "story_points", "USD", "3 story points"),
    ],
)
def test_a_value_is_formatted_by_its_unit(value: float, unit: str | None, currency: str, expected: str) -> None:
    assert words.quantity(value, unit, currency) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "all time"),
        (date(2024, 1, 1), date(2025, 1, 1), "2024"),
        (date(2024, 4, 1), date(2025, 4, 1), "Apr 2024 – Mar 2025"),
        (date(2026, 1, 1), date(2026, 4, 1), "Jan – Mar 2026"),
    ],
)
def test_a_period_is_named_by_its_days(start: date | None, end: date | None, expected: str) -> None:
    assert words.period(start, end) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(seconds=5), "less than a minute"),
    ],
)
def test_an_age_is_its_largest_unit(span: timedelta, expected: str) -> None:
    assert words.age(span) == expected


def test_the_headline_counts_each_verdict() -> None:
    counts = {"initiative": {"value created": 3, "no effect": 1, "unlinked": 2, "not delivered": 4}}
    assert words.headline(total(7), total(2500), "USD", counts) == [
        "7 deliverables were delivered; the portfolio cost $2,500 in total.",
        "Of 6 delivered initiatives, 3 created value and 1 had no effect; 2 are linked to no outcome.",
    ]


def test_the_headline_does_not_call_unjudged_work_worthless() -> None:
    counts = {"initiative": {"unlinked": 97, "not delivered": 135}}
    told = words.headline(total(106), total(9.5e6), "USD", counts)[1]
    assert told == "Whether this created value can't be judged: all 97 delivered initiatives are linked to no outcome."


def test_the_headline_does_not_take_not_measured_for_zero() -> None:
    told = words.headline(total(None, "not_measured"), total(None, "not_measured"), "USD", {})[0]
    assert told == "How much was delivered is not measured; what it cost is not measured."


def test_the_headline_says_what_an_incomplete_cost_leaves_out() -> None:
    told = words.headline(total(1), total(5000, "incomplete", 1), "USD", {})[0]
    assert (
        told
        == "1 deliverable was delivered; the portfolio cost $5,000 in total, 1 entry without an exchange rate left out."
    )


def test_the_headline_does_not_say_that_a_partial_cost_is_all() -> None:
    cost = Value(None, None, 4876375.74, 217, 8, None, None, "incomplete", is_partial=True)
    assert words.headline(total(106), cost, "USD", {})[0] == (
        "106 deliverables were delivered; the known cost is $4,876,376 (the ledger covers only part of the time), "
        "8 entries without an exchange rate left out."
    )


def test_the_headline_speaks_of_deliverables_where_there_is_no_initiative() -> None:
    told = words.headline(total(0), total(0), "USD", {"initiative": {}, "deliverable": {"not delivered": 2}})[1]
    assert told == "No deliverable is known to have been delivered, so its value can't be judged."
