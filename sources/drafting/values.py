"""SQL of single values in a draft, each with what a human should check of it."""

import re

from sources.common.sql import identifier, literal
from sources.contracts import Column as FeedColumn
from sources.drafting.fits import DATES, MONEY, NUMBERS, meanings
from sources.drafting.profiles import EPOCHS, Column, without_brackets, without_signs
from sources.drafting.words import plain

_CODES = "usd|eur|gbp|chf|jpy|inr|sek|nok|dkk|pln|cad|aud"
# what a column's name says of the unit of its amounts: the factor, what it is called, and how it is written with the
# sign of a currency, in brackets, or as a word
_UNITS = (
    (1_000_000_000, "billions", r"bn|b|mrd\.?|billions?|milliard(?:en|s)?", r"bn|mrd\.?|billions?|milliard(?:en|s)?"),
    (1_000_000, "millions", r"m|mn|mm|mio\.?|mln|millions?|millionen", r"mn|mio\.?|mln|millions?|millionen"),
    (1_000, "thousands", r"k|t|th|tsd\.?|thousands?|tausend|'?000s?", r"tsd\.?|thousands?|tausend|'000s?|000s"),
    ("0.01", "hundredths", r"cents?|pence", r"cents?|pence|minor units?"),
)
CURRENCIES = {  # of each sign
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL"),
    "£": ("GBP",),
    "€": ("EUR",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
}


def unit_of(column: Column) -> tuple[str, str] | None:
    """By what the numbers of a column are to be multiplied, as its name says, and what it is called."""
    name = column.name.lower().replace("_", " ")
    for factor, called, short, word in _UNITS:
        signed = rf"(?:[$£€¥₹]|\b(?:{_CODES})) ?(?:{short})(?![\w'])"
        signed += rf"|(?<![\w'])(?:{short}) ?(?:[$£€¥₹]|(?:{_CODES})\b)"
        if re.search(rf"{signed}|[(\[] ?(?:{short}) ?[)\]]|(?<![\w'])(?:{word})(?![\w'])", name):
            return f"{factor}", called
    return None


def currency_of(column: Column, reporting: str) -> str | None:
    """SQL of the currency whose sign the column's name or its values have, null of a sign of several.

    None where there is no sign.
    """
    signs = [sign for sign in CURRENCIES if sign in column.name] or column.currencies
    meant = {sign: _meant(sign, reporting) for sign in signs}
    if len(meant) < 2:
        return next(iter(meant.values()), None)
    name = identifier(column.name)
    return f"case {' '.join(f'when contains({name}, {literal(s)}) then {sql}' for s, sql in meant.items())} end"


def _meant(sign: str, reporting: str) -> str:
    of = CURRENCIES[sign]
    return literal(reporting if reporting in of else of[0]) if reporting in of or len(of) == 1 else "null"


def number(wanted: FeedColumn, column: Column) -> str:
    """SQL of a number as text; a value that is none stays as it is."""
    name = identifier(column.name)
    text = without_signs(name) if column.has_signs else name
    text = without_brackets(text) if column.has_brackets else text
    match column.decimal:
        case ",":
            text = f"replace(replace({text}, '.', ''), ',', '.')"
        case ",.":
            text = f"replace({text}, ',', '')"
        case _:
            pass
    exact = f"try_cast({text} as decimal(28, 10))"
    if unit := _unit(wanted, column):
        return f"coalesce(({exact} * {unit[0]})::varchar, {name})"
    if column.percent:
        return f"case when contains({name}, '%') then coalesce(({exact} * 0.01)::varchar, {name}) else {text} end"
    return text


def _unit(wanted: FeedColumn, column: Column) -> tuple[str, str] | None:
    return unit_of(column) if wanted.unit in MONEY else None


def value_of(wanted: FeedColumn, column: Column, zone: str) -> tuple[str, list[str]]:
    """SQL of a column's value in the feed, and what a human should check."""
    name = identifier(column.name)
    if wanted.values:
        return _category(wanted, column)
    if wanted.type in NUMBERS:
        return _number(wanted, column)
    if wanted.type == "boolean" and column.kind == "integer":
        return f"({name}::bigint > 0)::varchar", ["true where it is more than 0"]
    if wanted.type in DATES:
        return _moment(wanted, column, zone)
    if column.folds and wanted.personal == "id":  # an address in capitals is the same person's
        return f"lower(trim({name}))", [
            "some differ in case or spaces only: read in lower case, as elsewhere they must be"
        ]
    if column.folds and wanted.name.endswith("_id"):
        return name, ["some differ in case or spaces only, and are taken as different"]
    return name, []


def _number(wanted: FeedColumn, column: Column) -> tuple[str, list[str]]:
    sql, notes = number(wanted, column), list[str]()
    if column.decimal:
        shown = next((v for v in column.top if re.search(r"\d", v) and v != column.other), column.top[0])
        notes.append(f"numbers such as {shown} are read with decimal sign {column.decimal[-1]}")
    if column.may_group:
        shown = next((value for value in column.top if re.search("[.,]", value)), column.top[0])
        read = "thousands" if column.decimal else "decimals"
        notes.append(f"the sign in {shown} may be that of thousands or of decimals: read as of {read}")
    if unit := _unit(wanted, column):
        notes.append(f"its name says that it is in {unit[1]}: multiplied by {unit[0]}")
    elif column.percent:
        notes.append(f"a value with a percent sign, such as {column.percent}, is a hundredth of its number")
    if column.other:
        sql = sql if wanted.must_have_value else f"try_cast({sql} as decimal(28, 10))"
        notes.append(_odd(wanted, column, "numbers"))
    return sql, notes


def _odd(wanted: FeedColumn, column: Column, what: str) -> str:
    shown = " ".join(column.other.split())[:40]
    then = "their rows are rejected" if wanted.must_have_value else "left empty"
    some = f"{column.others:,} value{' is' if column.others == 1 else 's are'} no {what}"
    return f"{some}, such as {shown}: {then}"


def _moment(wanted: FeedColumn, column: Column, zone: str) -> tuple[str, list[str]]:
    name, notes = identifier(column.name), list[str]()
    if column.epoch:
        micros = 1_000_000 // EPOCHS[column.epoch]
        moment = f"make_timestamp({name}::bigint * {micros})"
        if wanted.type == "date" and zone != "UTC":
            moment = f"timezone({literal(zone)}, timezone('UTC', {moment}))"
        return f"{moment}::{wanted.type}::varchar", [f"{column.epoch} since 1970, UTC, such as {column.top[0]}"]
    if column.mixed:
        moment = f"try_strptime({name}, [{', '.join(map(literal, column.mixed))}])"
        ways = "written in several ways, read as " if len(column.mixed) > 1 else "read as "
        notes.append(f"{ways}{' or '.join(column.mixed)}")
        if column.other:
            notes.append(_odd(wanted, column, "dates"))
    elif column.formats:
        form, *others = column.formats
        moment = f"try_strptime({name}, {literal(form)})"
        also = f"; so does {', '.join(others)}" if others else ""
        notes.append(f"{form} reads every value, such as {column.top[0]}{also}")
    elif wanted.type == "date":
        return _day(column, zone)
    else:
        moment = f"try_cast({name} as timestamp)"
    if wanted.type == "timestamp" and column.kind == "timestamp" and not column.has_zone and zone != "UTC":
        moment = f"timezone({literal(zone)}, {moment})"
        notes.append(f"a time without a zone is that of {zone}")
    elif not column.formats and not column.mixed:
        return name, []
    elif wanted.type == "date":
        moment += "::date"
    if column.other and not wanted.must_have_value:
        return f"{moment}::varchar", notes
    # a value that can't be read stays as it is, so that its row is rejected and named
    return f"coalesce({moment}::varchar, {name})", notes


def _day(column: Column, zone: str) -> tuple[str, list[str]]:
    """The day of an ISO date or moment."""
    name = identifier(column.name)
    if column.kind == "date":
        return name, []
    if not column.has_zone:
        return f"left({name}, 10)", ["the day of a moment"]
    day = f"timezone({literal(zone)}, try_cast({name} as timestamptz))::date"
    return f"coalesce({day}::varchar, {name})", [f"the day of a moment in {zone}"]


def _category(wanted: FeedColumn, column: Column) -> tuple[str, list[str]]:
    """A CASE over the column's most frequent values, each with the contract's value that it may mean."""
    name, means = identifier(column.name), meanings(wanted)
    known = {value: means[plain(value)] for value in column.top if plain(value) in means}
    cases = " ".join(f"when {literal(value)} then {literal(meant)}" for value, meant in known.items())
    must = "should" if wanted.unknown_values == "warn" else "must"
    note = f"{must} be one of {', '.join(wanted.values)}; its values are {', '.join(column.top)} …"
    return (f"case {name} {cases} else {name} end" if cases else name), [" ".join(note.split())]
