"""Figures in words: numbers by their unit, periods, ages, and the sentences that a page opens with.

The words are English; `locale` (CLDR, like `de_CH`) decides how numbers and the names of months are written.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision, is_currency

from serving.figures import JUDGED, Value

LOCALE = "en"
DATE_FORMAT = "d MMM y"  # a CLDR pattern
SHARES = frozenset({"share", "ratio", "rate", "percent", "percentage", "fraction"})
MONEY = frozenset({"currency", "money", "amount", "reporting_currency"})
COUNTS = frozenset({"", "count", "number"})

NOT_MEASURED = "not measured"
STATUS_WORDS = {
    "measured": "measured",
    "insufficient_sample": "too few to say",
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
VALUE_MEANINGS = {
    "value created": "reached what it was meant to change, or returned more than it cost",
    "some value": "moved part of the way, or returned part of its cost",
    "no effect": "measured, and nothing changed",
    "negative": "what it was meant to change got worse, or it lost money",
    "too early": "delivered too recently to be judged",
    "unmeasured": "linked to an outcome that nobody measured",
    "unlinked": "linked to no outcome: nothing says what it was meant to change",
    "not delivered": "not done, or cancelled",
}


def number(value: float, locale: str = LOCALE) -> str:
    """1234.5 as 1,234.5; one decimal at most."""
    return _minus(format_decimal(round(value, 1) + 0.0, format=_decimals(locale, ".#"), locale=locale))


def signed(value: float, locale: str = LOCALE) -> str:
    """12.34 as +12.3; zero has no sign."""
    return ("+" if round(value, 1) > 0 else "") + number(value, locale)


def share(value: float, locale: str = LOCALE) -> str:
    """0.1467 as 14.7%."""
    pattern = Locale.parse(locale).percent_formats[None].pattern.replace("0", "0.#")
    return _minus(format_percent(round(value, 3) + 0.0, format=pattern, locale=locale))


def money(value: float, currency: str, locale: str = LOCALE) -> str:
    """An amount without cents from 1,000 on; a currency that is not in ISO 4217 stands behind it by its code."""
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


def quantity(value: float, unit: str | None, currency: str, locale: str = LOCALE) -> str:
    """A metric's value by its unit (`dim_metric.unit`); shares are 0–1, money is in `currency`."""
    name = (unit or "").strip().lower()
    if name in SHARES:
        return share(value, locale)
    if name in MONEY or name == currency.lower():
        return money(value, currency, locale)
    if name == "points":
        return signed(value, locale)
    if name == "score":
        return _minus(format_decimal(round(value, 2) + 0.0, format=_decimals(locale, ".##"), locale=locale))
    if name in COUNTS:
        return number(value, locale)
    words = name.replace("_", " ")
    return f"{number(value, locale)} {words.removesuffix('s') if round(value, 1) == 1 else words}"


def left_aside(count: int, description: str | None) -> str:
    """'484 abstentions left aside' where a metric's description says that abstentions stay out and are counted."""
    told = re.search(r"([^.;:,]+?) stays? out and (?:is|are) counted", description or "")
    return f"{number(count)}{f' {told[1].strip()}' if told else ''} left aside"


def plural(count: int, noun: str) -> str:
    """2 and 'deliverable' as '2 deliverables', 2 and 'entry' as '2 entries'."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:] != "ay" else f"{noun}s"
    return f"{number(count)} {noun if count == 1 else many}"


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
    """The moment in UTC that an ISO 8601 text means, None where it is none; one without a zone is UTC."""
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
    return f"{number(count / 1e6)} MB" if count >= 100_000 else f"{number(count / 1e3)} kB"


def headline(
    delivered: Value | None, cost: Value | None, currency: str, counts: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """The sentences that say what was delivered, what it cost, and what can be said of its value.

    `counts`: {initiative | deliverable: {value status: rows}}; initiatives speak, deliverables where there are none.
    """
    level = "initiative" if sum(counts.get("initiative", {}).values()) else "deliverable"
    return [_delivery(delivered, cost, currency), _value(counts.get(level, {}), level)]


def _delivery(delivered: Value | None, cost: Value | None, currency: str) -> str:
    done = _known(delivered)
    what = "How much was delivered is not measured" if done is None else _were(int(done.value or 0))
    spent = _known(cost)
    if spent is None:
        return f"{what}; what it cost is not measured."
    amount = money(spent.value or 0, currency)
    without = plural(spent.n_excluded or 0, "entry")
    left_out = f", {without} without an exchange rate left out" if spent.status == "incomplete" else ""
    if spent.is_partial:
        return f"{what}; the cost known is {amount} (its ledger covers a part of the time){left_out}."
    return f"{what}; the portfolio cost {amount} in all{left_out}."


def _decimals(locale: str, places: str) -> str:
    """The locale's own pattern of a number, with these decimal places."""
    return Locale.parse(locale).decimal_formats[None].pattern.replace(".###", places)


def _minus(text: str) -> str:
    """A formatted number with a true minus sign for a hyphen."""
    return f"−{text[1:]}" if text.startswith("-") else text


def _were(count: int) -> str:
    if count == 0:
        return "Nothing was delivered"
    return f"{plural(count, 'deliverable')} {'was' if count == 1 else 'were'} delivered"


def _known(value: Value | None) -> Value | None:
    return None if value is None or value.value is None or value.status == "not_measured" else value


OPEN_WORDS = {"unlinked": "linked to no outcome", "too early": "delivered too recently", "unmeasured": "not measured"}
VERDICT_WORDS = {"some value": "created some", "no effect": "had no effect", "negative": "did harm"}


def _value(counts: Mapping[str, int], level: str) -> str:
    given = {status: count for status, count in counts.items() if count and status != "not delivered"}
    if not given:
        return f"No {level} is delivered yet, so nothing can be said of value."
    done = plural(sum(given.values()), f"delivered {level}")
    order = (*OPEN_WORDS, *(status for status in given if status not in OPEN_WORDS and status not in JUDGED))
    reasons = {OPEN_WORDS.get(status, status): given[status] for status in order if status in given}
    why = ", ".join(f"{number(count)} {reason}" for reason, count in reasons.items())
    unjudged = sum(reasons.values())
    if unjudged == sum(given.values()):
        told = f"of {done}, {why}" if len(reasons) > 1 or unjudged == 1 else f"all {done} are {next(iter(reasons))}"
        return f"Whether that created value can't be said: {told}."
    created = number(given["value created"]) if "value created" in given else "none"
    parts = [f"{created} created value"]
    parts += [f"{number(given[status])} {verdict}" for status, verdict in VERDICT_WORDS.items() if status in given]
    verdicts = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    rest = f"; {number(unjudged)} can't be judged ({why})" if unjudged else ""
    return f"Of {done}, {verdicts}{rest}."
