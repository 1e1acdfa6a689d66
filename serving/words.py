"""Format figures as text: numbers by unit, periods, ages.

The words are English; `locale` (CLDR, like `de_CH`) decides how numbers and the names of months are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import ceil, log10
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision, is_currency

LOCALE = "en"
DATE_FORMAT = "d MMM y"  # a CLDR pattern


@dataclass(frozen=True)
class Style:
    """The number format of a unit: least and most decimal places; a share is multiplied by 100.

    Of a `small` one, what would be rounded to 0 keeps one significant digit: 0.04 users a day are not none.
    """

    least: int = 0
    most: int = 1
    shift: int = 0
    signed: bool = False  # with a plus sign if positive
    small: bool = False

    def places(self, value: float) -> int:
        """The most decimal places of a value."""
        if not self.small or value == 0 or round(value, self.most) != 0:
            return self.most
        return ceil(-log10(abs(value)))


# Units with their own number format, as money has; any other unit follows a count as a word.
STYLES = {
    "count": Style(small=True),
    "share": Style(shift=2),
    "points": Style(signed=True),
    "score": Style(most=2),
    "multiple": Style(most=2),
    "number": Style(most=6),
}
MONEY = "money"
ALIASES = {
    "": "count",
    **dict.fromkeys(("ratio", "rate", "percent", "percentage", "fraction"), "share"),
    **dict.fromkeys(("currency", "amount", "reporting_currency"), MONEY),
}

NOT_MEASURED = "not measured"
STATUS_WORDS = {
    "measured": "measured",
    "insufficient_sample": "sample too small",
    "not_measured": NOT_MEASURED,
    "incomplete": "incomplete",
}
CHECK_WORDS = {
    "passed": "passed",
    "warned": "warned",
    "failed": "failed",
    "not_compared": "not compared",
    "missing": "did not run",
    "error": "broke off",
}


def plain(value: Any) -> Any:
    """A value, a decimal as text without an exponent: Python writes 0E-10."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def locale_of(manifest: Mapping[str, Any]) -> str:
    """The locale in which a version is shown."""
    return str(manifest.get("locale") or LOCALE)


def date_format_of(manifest: Mapping[str, Any]) -> str:
    """The pattern in which a version's days are shown."""
    return str(manifest.get("date_format") or DATE_FORMAT)


def number(value: float, locale: str = LOCALE) -> str:
    """1234.5 as 1,234.5; one decimal at most, and of less than 0.05 the first significant one."""
    return styled(value, STYLES["count"], locale)


def share(value: float, locale: str = LOCALE) -> str:
    """0.1467 as 14.7%."""
    return styled(value, STYLES["share"], locale)


def styled(value: float, style: Style, locale: str = LOCALE) -> str:
    """A number written in a style; zero has no sign."""
    most = style.places(value)
    value = round(value, most + style.shift) + 0.0
    places = "." + "0" * style.least + "#" * (most - style.least)
    if style.shift:
        pattern = Locale.parse(locale).percent_formats[None].pattern.replace("0", f"0{places}")
        text = format_percent(value, format=pattern, locale=locale)
    else:
        text = format_decimal(value, format=_decimals(locale, places), locale=locale)
    return ("+" if style.signed and value > 0 else "") + _minus(text)


def money(value: float, currency: str, locale: str = LOCALE) -> str:
    """An amount, without cents from 1,000 on; a currency that is not in ISO 4217 follows as its code."""
    whole = abs(value) >= 1000
    value = round(value, 0 if whole else places(currency)) + 0.0
    if is_currency(currency, LOCALE):
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "") if whole else None
        return _minus(format_currency(value, currency, format=pattern, locale=locale, currency_digits=not whole))
    amount = _minus(format_decimal(value, format=_decimals(locale, "" if whole else ".00"), locale=locale))
    return f"{amount} {currency}".rstrip()


def places(currency: str) -> int:
    """Decimal places of a currency: 2 for one that is not in ISO 4217."""
    return get_currency_precision(currency)


def unit_style(unit: str | None, currency: str = "") -> str:
    """The style in which a unit (`dim_metric.unit`) is written: one of `STYLES`, money, or else the unit itself."""
    name = (unit or "").strip().lower()
    return MONEY if name and name == currency.lower() else ALIASES.get(name, name)


def quantity(value: float, unit: str | None, currency: str, locale: str = LOCALE) -> str:
    """A metric's value by its unit (`dim_metric.unit`); shares are 0–1, money is in `currency`."""
    name = unit_style(unit, currency)
    if name == MONEY:
        return money(value, currency, locale)
    if name in STYLES:
        return styled(value, STYLES[name], locale)
    words = name.replace("_", " ")
    return f"{number(value, locale)} {words.removesuffix('s') if round(value, 1) == 1 else words}"


def of_code(code: str) -> str:
    """A value of an enumeration (`value_created`) in words."""
    return code.replace("_", " ")


def plural(count: int, noun: str) -> str:
    """2 and 'deliverable' as '2 deliverables', 2 and 'entry' as '2 entries'."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:] != "ay" else f"{noun}s"
    return f"{number(count)} {noun if count == 1 else many}"


@cache
def month(number: int, locale: str = LOCALE) -> str:
    """The short name of a month, 1 to 12."""
    return format_date(date(2000, number, 1), format="MMM", locale=locale)


def period(start: date | None, end: date | None, locale: str = LOCALE) -> str:
    """A period [start, end) as '2024', 'Jun 2024', 'Apr – Jun 2024' or 'Apr 2024 – Mar 2025'; else all time."""
    if start is None or end is None:
        return "all time"
    last = end - timedelta(days=1)
    if (start.month, start.day) == (1, 1) and (last.month, last.day) == (12, 31) and start.year == last.year:
        return str(start.year)
    until = f"{month(last.month, locale)} {last.year}"
    if (start.month, start.year) == (last.month, last.year):
        return until
    return f"{month(start.month, locale)}{'' if start.year == last.year else f' {start.year}'} – {until}"


def day(moment: str | None, locale: str = LOCALE, pattern: str = DATE_FORMAT) -> str:
    """The day of an ISO 8601 moment or date, as '27 Apr 2026' or by another CLDR `pattern`."""
    if not moment:
        return "unknown"
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return format_date(parsed, format=pattern, locale=locale)


def minute(moment: str | None, locale: str = LOCALE, pattern: str = DATE_FORMAT) -> str:
    """An ISO 8601 moment as '27 Apr 2026, 14:05 UTC'; one without a zone is UTC."""
    parsed = instant(moment)
    return f"{day(parsed.isoformat(), locale, pattern)}, {parsed:%H:%M} UTC" if parsed else moment or "unknown"


def instant(moment: str | datetime | None) -> datetime | None:
    """The moment in UTC of an ISO 8601 text, None if it isn't one; without a zone it is UTC."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return None
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def age(delta: timedelta) -> str:
    """A time span as its largest unit: '3 days', '5 hours', '2 minutes', 'less than a minute'."""
    seconds = int(delta.total_seconds())
    for noun, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return plural(seconds // size, noun)
    return "less than a minute"


def size(count: int) -> str:
    """Bytes as '1.2 MB'."""
    if count >= 1e9:
        return f"{number(count / 1e9)} GB"
    return f"{number(count / 1e6)} MB" if count >= 100_000 else f"{number(count / 1e3)} kB"


def _decimals(locale: str, places: str) -> str:
    """The locale's own pattern of a number, with these decimal places."""
    return Locale.parse(locale).decimal_formats[None].pattern.replace(".###", places)


def _minus(text: str) -> str:
    """A formatted number with a minus sign instead of a hyphen."""
    return f"−{text[1:]}" if text.startswith("-") else text
