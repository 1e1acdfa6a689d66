"""Figures in words."""

from datetime import date, timedelta

import pytest

from serving import words


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
        (0.0321, "users", "USD", "0.03 users"),
        (-0.004, "count", "USD", "−0.004"),
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
