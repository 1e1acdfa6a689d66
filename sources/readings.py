"""Dates and numbers as people write them, in the format that `files` in portfolio.yml declares of a file.

Each function returns SQL. Without a declaration a value is in ISO 8601, or a plain number, or it is rejected.
"""

from sources.common.sql import literal
from sources.config import FileSettings
from sources.contracts import Column

_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?: ?[AaPp][Mm])?"
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%I:%M:%S%p")
_PART = {"d": "[0-9]{1,2}", "m": "[0-9]{1,2}|[A-Za-z]{3,9}", "y": "[0-9]{4}|[0-9]{2}"}
_NUMBER_SPACES = "  \u202f'’"  # that may divide thousands besides the declared sign


def declared_reading(column: Column, text: str, settings: FileSettings) -> str | None:
    """SQL of the text of a date, moment or number as the contract wants it; NULL for a number that isn't in the format.

    None if the settings say nothing of such a column.
    """
    if column.type in ("date", "timestamp") and settings.dates:
        return f"coalesce({_iso(column.type == 'date', text, settings.dates)}, {text})"
    if column.type in ("decimal", "integer") and (settings.decimal or settings.thousands):
        return _plain_number(text, settings)
    return None


def _iso(is_day: bool, text: str, dates: str) -> str:
    """SQL of a date or moment in ISO 8601, NULL if the text isn't in the declared format, or names no moment."""
    moment = _moment(text, dates)
    # %Y reads 25 as the year 25
    ok = f"year({moment}) >= 1000" + (f" and {moment} = date_trunc('day', {moment})" if is_day else "")
    shape = "%Y-%m-%d" if is_day else "%Y-%m-%dT%H:%M:%S.%f"
    return f"case when {ok} then strftime({moment}, '{shape}') end"


def _moment(text: str, dates: str) -> str:
    if "%" in dates:
        return f"try_strptime({text}, {literal(dates)})"
    if dates == "epoch":
        return f"make_timestamp(try_cast({text} as bigint) * 1000000)"
    if dates == "epoch_ms":
        return f"make_timestamp(try_cast({text} as bigint) * 1000)"
    gap = r"[./, -]+"
    shape = f"({gap})".join(f"({_PART[part]})" for part in dates).replace(f"({gap})", gap)
    found = rf"regexp_extract({text}, '^{shape}(?:[T, ]+({_TIME}))?$', ['a', 'b', 'c', 'time'])"
    year = {"dmy": "c", "mdy": "c", "ymd": "a"}[dates]
    parts = f"concat_ws('-', {found}.a, {found}.b, {found}.c) || ' ' || coalesce(nullif({found}.time, ''), '00:00')"
    formats = {
        digits: [
            f"{'-'.join({'d': '%d', 'm': month, 'y': sign}[part] for part in dates)} {time}"
            for month in ("%m", "%b", "%B")
            for time in _TIMES
        ]
        for digits, sign in ((4, "%Y"), (2, "%y"))
    }
    listed = {digits: f"[{', '.join(map(literal, given))}]" for digits, given in formats.items()}
    return (
        f"case length({found}.{year}) when 4 then try_strptime({parts}, {listed[4]}) "
        f"when 2 then try_strptime({parts}, {listed[2]}) end"
    )


def _plain_number(text: str, settings: FileSettings) -> str:
    """SQL of a number with a decimal point and without signs between thousands; NULL if it isn't in the format."""
    point = settings.decimal or ("," if settings.thousands == "." else ".")
    thousands = settings.thousands or {",": ".", ".": ","}[point]
    between = f"[{_NUMBER_SPACES}{thousands}]".replace("'", "''")
    signed = f"regexp_replace(regexp_replace({text}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"
    shape = f"[+-]?([0-9]+|[0-9]{{1,3}}({between}[0-9]{{3}})+)([{point}][0-9]*)?([eE][+-]?[0-9]+)?"
    plain = f"replace(regexp_replace({signed}, '{between}', '', 'g'), {literal(point)}, '.')"
    return f"case when regexp_full_match({signed}, '{shape}') then {plain} end"
