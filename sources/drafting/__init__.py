"""Drafting a portfolio from files: profile their columns, propose feeds, write a first mapping for a human to check.

A draft guesses by names and values, and says so: every line that isn't certain has a comment that starts with `check:`.
`words.yml` holds the names, `examples/` ready mappings for exports of common tools.
"""

import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import yaml

from sources.common.sql import identifier, literal
from sources.config import FileSettings
from sources.contracts import Column as FeedColumn
from sources.contracts import Feed, load_contracts
from sources.errors import LandingError
from sources.files import RawFile, raw_files
from sources.reader import Offered, at_fault, offer, sandbox, unreadable

ROWS = 100_000  # of a file that are looked at
DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d"),
    *("%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%b %d, %Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d/%b/%y", "%d-%b-%y"),
)
TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p")
FORMATS = (*DAYS, *(f"{day} {time}" for day in DAYS for time in TIMES))
IDS = frozenset({"id", "key", "number", "no", "nr", "code", "ref", "reference"})  # words in the names of ids
MOSTLY = 0.5  # share of numbers among the values of a column of numbers
SIGNS = "[$£€¥₹%]"  # that are left out of a number
TOTAL = "^ *(sub-?|grand )?totals?:? *$"  # what a row of totals says, in lower case
EPOCHS = {"seconds": 1, "milliseconds": 1000}  # since 1970, of moments from 2000 to 2099
LEAST_WORD = 5  # letters of a single word that tells a column within a longer name
TEXTS, NUMBERS, DATES = ("text",), ("integer", "decimal"), ("date", "timestamp")


@dataclass(frozen=True)
class Column:
    """A column of a file: what its values are, in the first rows.

    `kind` is text, boolean, integer, decimal, date or timestamp. `formats` read every value of a date that isn't ISO;
    with several it is ambiguous. `decimal` is the decimal sign of numbers with another than a point, or `,.` for
    thousands; `has_brackets` if some are negative as (1.00) is, `has_signs` if some have one of `SIGNS`. `other` is a
    value that is no number, among mostly numbers. `epoch` is the unit of numbers that may be moments. `has_total` if
    some value says that its row is a total. `least` and `most` are the ends of numbers, `top` the most frequent values.
    `distinct` are counted file by file; `is_shared` if files share some.
    """

    name: str
    kind: str
    rows: int
    nulls: int
    distinct: int
    top: tuple[str, ...]
    formats: tuple[str, ...] = ()
    decimal: str = ""
    has_zone: bool = False
    has_brackets: bool = False
    has_signs: bool = False
    other: str = ""
    epoch: str = ""
    has_total: bool = False
    least: float | None = None
    most: float | None = None
    is_shared: bool = False

    @property
    def is_key(self) -> bool:
        """Every row of a file has a value of its own."""
        return self.rows > 0 and self.nulls == 0 and self.distinct == self.rows


@dataclass(frozen=True)
class Profile:
    """Files of the same columns, such as the exports of two months: how they are written, and their columns."""

    files: tuple[RawFile, ...]
    words: str
    rows: int
    columns: tuple[Column, ...]

    @property
    def shown(self) -> str:
        """The files by their names."""
        return ", ".join(" ".join(raw.relative.split()) for raw in self.files)

    @property
    def source(self) -> str:
        """The files as a mapping reads them."""
        views = [f"raw.{identifier(raw.name)}" for raw in self.files]
        return views[0] if len(views) == 1 else f"({' union all by name '.join(f'from {view}' for view in views)})"

    @property
    def record(self) -> str:
        """What numbers the records of all the files."""
        return "_record" if len(self.files) == 1 else "_file || '#' || _record"


@dataclass(frozen=True)
class Fit:
    """A feed that a file may give: which of its columns are found in the file, and how well it fits (0 to 2)."""

    feed: Feed
    found: dict[str, Column]
    score: float
    guessed: dict[str, Column] = field(default_factory=dict[str, Column])  # by a part of their names only

    @property
    def columns(self) -> int:
        """How many of the feed's columns are found or guessed."""
        return len(self.found) + len(self.guessed)


@dataclass(frozen=True)
class Draft:
    """A first mapping and, of amounts, control of a feed, and how many of its lines are to be checked."""

    feed: str
    sql: str
    control: str | None
    doubts: int


def profiles(
    portfolio: Path, names: Collection[str], settings: Mapping[str, FileSettings], folder: str = "data"
) -> Iterator[Profile | LandingError]:
    """What these data files of a portfolio hold, those of the same columns together, and why others can't be read.

    Raises LandingError.
    """
    portfolio = portfolio.resolve()
    with tempfile.TemporaryDirectory(prefix="outcomes-") as scratch:
        copies = Path(scratch) / "read"
        connection = sandbox(Path(scratch) / "spill", portfolio / folder, copies)
        try:
            alike: dict[tuple[str, ...], list[Offered]] = {}
            for raw in raw_files(portfolio, folder, settings).values():
                if raw.path.name in names:
                    try:
                        offered = offer(connection, raw, copies)
                        alike.setdefault(tuple(sorted(offered.columns)), []).append(offered)
                    except LandingError as error:
                        yield error
            for files in alike.values():
                yield from _profiles(connection, files)
        finally:
            connection.close()


def _profiles(connection: duckdb.DuckDBPyConnection, offered: Sequence[Offered]) -> Iterator[Profile | LandingError]:
    """The profile of files of the same columns; where one of them can't be read, each is looked at by itself."""
    try:
        yield _profile(connection, offered)
    except LandingError as error:
        if len(offered) == 1:
            yield error
        else:
            for file in offered:
                yield from _profiles(connection, [file])


def _profile(connection: duckdb.DuckDBPyConnection, offered: Sequence[Offered]) -> Profile:
    found = Profile(
        tuple(file.raw for file in offered), ", ".join(dict.fromkeys(file.words for file in offered)), 0, ()
    )
    try:
        described = connection.execute(f"describe select * exclude (_file, _record) from {found.source}").fetchall()
        names = [name for name, *_ in described]  # not the file's: it may repeat one, or leave it out
        heads = " union all by name ".join(f"(from raw.{identifier(raw.name)} limit {ROWS})" for raw in found.files)
        connection.execute(f"create or replace temp table head as {heads}")
        measures = [f"{measure} as {identifier(f'{at} {key}')}" for at, name in enumerate(names)
                    for key, measure in _measures(identifier(name)).items()]  # fmt: skip
        result = connection.execute(f"select count(*) as rows, {', '.join(measures)} from head")
        row = dict(zip([c[0] for c in result.description or []], result.fetchone() or (), strict=True))
        columns = [
            _column(name, row["rows"], {key: row[f"{at} {key}"] for key in _measures("x")})
            for at, name in enumerate(names)
        ]
        for at, column in enumerate(columns):
            if column.kind == "text":
                columns[at] = _with_formats(connection, column)
    except duckdb.Error as error:
        fault = at_fault(error, offered) or offered[0]
        raise unreadable(fault.raw.relative, error, fault) from error
    return replace(found, rows=row["rows"], columns=tuple(columns))


def _measures(name: str) -> dict[str, str]:
    def every(condition: str) -> str:
        return f"coalesce(bool_and({condition}) filter ({name} is not null), false)"

    plain = _without_brackets(_without_signs(name))
    number = f"regexp_full_match({plain}, '[+-]?([0-9]{{1,3}}(,[0-9]{{3}})+|[0-9]+)([.][0-9]+)?')"
    iso = f"regexp_matches({name}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and try_cast({name} as timestamptz) is not null"
    return {
        "given": f"count({name})",
        "distinct": f"count(distinct (_file, {name})) filter ({name} is not null)",
        "values": f"count(distinct {name})",
        "top": f"approx_top_k({name}, 4)",
        "boolean": every(f"lower({name}) in ('true', 'false')"),
        "integer": every(f"regexp_full_match({name}, '[+-]?[0-9]{{1,18}}')"),
        "decimal": every(f"try_cast({name} as decimal(38,10)) is not null"),
        "comma": every(f"regexp_full_match({plain}, '[+-]?([0-9]{{1,3}}([.][0-9]{{3}})+|[0-9]+)(,[0-9]+)?')"),
        "thousands": every(f"regexp_full_match({plain}, '[+-]?([0-9]{{1,3}}(,[0-9]{{3}})+|[0-9]+)([.][0-9]+)?')"),
        "numbers": f"count(*) filter ({number})",
        "other": f"min({name}) filter (not {number})",
        "signs": f"coalesce(bool_or(regexp_matches({name}, '{SIGNS}')), false)",
        "total": f"coalesce(bool_or(regexp_matches(lower({name}), '{TOTAL}')), false)",
        "least": f"min(try_cast({name} as double))",
        "most": f"max(try_cast({name} as double))",
        "brackets": f"coalesce(bool_or({name} like '(%)'), false)",
        "date": every(f"{iso} and length({name}) = 10"),
        "timestamp": every(iso),
        "zone": every(f"regexp_matches({name}, '(Z|[+-][0-9]{{2}}:?[0-9]{{0,2}})$')"),
    }


def _column(name: str, rows: int, found: dict[str, Any]) -> Column:
    kinds = ("boolean", "integer", "decimal", "date", "timestamp")
    kind = next((kind for kind in kinds if found[kind]), "text")
    sign = ""
    if kind == "text" and (found["thousands"] or found["comma"]):
        kind, sign = "decimal", ",." if found["thousands"] else ","
    mostly = kind == "text" and MOSTLY * found["given"] <= found["numbers"] < found["given"]
    if mostly:
        kind, sign = "decimal", ",."
    first, last = 946_684_800, 4_102_444_800  # 2000 and 2100, in seconds
    epochs = (
        unit
        for unit, per_second in EPOCHS.items()
        if kind == "integer" and first <= found["least"] / per_second <= found["most"] / per_second < last
    )
    top = tuple(str(value) for value in found["top"] or () if value is not None)
    return Column(
        name,
        kind,
        rows,
        rows - found["given"],
        found["distinct"],
        top,
        decimal=sign,
        has_zone=kind == "timestamp" and found["zone"],
        has_brackets=bool(sign) and found["brackets"],
        has_signs=bool(sign) and found["signs"],
        epoch=next(epochs, ""),
        has_total=found["total"],
        least=found["least"],
        most=found["most"],
        other=str(found["other"]) if mostly else "",
        is_shared=found["values"] < found["distinct"],
    )


def _with_formats(connection: duckdb.DuckDBPyConnection, column: Column) -> Column:
    """The column as one of dates, if a format reads all of its values."""
    if column.nulls == column.rows or not any(re.search(r"\d", value) for value in column.top):
        return column
    name = identifier(column.name)
    # %Y reads 25, too, as the year 25
    tests = ", ".join(
        f"bool_and(coalesce(year(try_strptime({name}, {literal(form)})) > 999, false)) filter ({name} is not null)"
        for form in FORMATS
    )
    row = connection.execute(f"select {tests} from head").fetchone() or ()
    formats = tuple(form for form, reads in zip(FORMATS, row, strict=True) if reads)
    if formats and any("%y" not in form for form in formats):  # 2025 is not the year 20 and two digits more
        formats = tuple(form for form in formats if "%y" not in form)
    if len(formats) == 0:
        return column
    return replace(column, kind="date" if formats[0] in DAYS else "timestamp", formats=formats)


@cache
def _words() -> dict[str, Any]:
    return yaml.safe_load((resources.files(__name__) / "words.yml").read_text(encoding="utf-8"))


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def _suits(wanted: FeedColumn, column: Column) -> bool:
    match wanted.type:
        case "date" | "timestamp":
            return column.kind in DATES or bool(column.epoch)
        case "decimal" | "integer":
            return column.kind in NUMBERS
        case "boolean":
            return column.kind in ("boolean", "integer")
        case "string" | "currency":
            return True


def fits(profile: Profile) -> list[Fit]:
    """The feeds that a file may give, best first: those of which at least two columns are found, required ones most."""
    found = [fit_of(profile, feed) for feed in load_contracts().values()]
    fitting = [fit for fit in found if len(fit.found) >= 2 and any(c.must_have_value for c in _columns_found(fit))]
    return sorted(fitting, key=lambda fit: -fit.score)


def _columns_found(fit: Fit) -> list[FeedColumn]:
    return [column for column in fit.feed.columns if column.name in fit.found]


def fit_of(profile: Profile, feed: Feed) -> Fit:
    """The columns of a file that a feed's have by their names, as far as there are any."""
    left = {_plain(column.name): column for column in profile.columns if column.nulls < column.rows}
    pairs: dict[str, Column] = {}
    for wanted in feed.columns:
        names = _names(feed, wanted)
        name = next((n for n in names if n in left and _suits(wanted, left[n])), None)
        if name is not None:
            pairs[wanted.name] = left.pop(name)
    required = [c.name for c in feed.columns if c.must_have_value]
    have = [name for name in required if name in pairs or name in _words()["constants"].get(feed.name, {})]
    score = len(have) / len(required) + len(pairs) / max(len(profile.columns), 1)
    keys = [pairs[column.name] for column in feed.keys if column.name in pairs]
    if len(keys) == 1 and not keys[0].is_key:  # its rows are no members of the feed, such as items of statuses
        score -= 1
    return Fit(feed, pairs, round(score, 3), _guessed(profile, feed, pairs, list(left.values())))


def _names(feed: Feed, wanted: FeedColumn) -> list[str]:
    """What a file may call a column of a feed; a name also as its members are called."""
    own = [feed.name.removesuffix("s")] if wanted.name == "name" else []
    return [wanted.given_as, *_words()["names"].get(wanted.name, []), *own]


def _is_part(feed: Feed, wanted: FeedColumn, column: Column) -> bool:
    """Whether a file's column has one of the names of a feed's within its own."""
    names = [name for name in _names(feed, wanted) if "_" in name or len(name) >= LEAST_WORD]
    return any(f"_{name}_" in f"_{_plain(column.name)}_" for name in names)


def _id_among(columns: Iterable[Column]) -> Column | None:
    """The first column whose values and name are those of ids."""
    return next((c for c in columns if c.is_key and IDS & set(_plain(c.name).split("_"))), None)


def _is_id(feed: Feed, wanted: FeedColumn) -> bool:
    """Whether a column identifies the members of a feed: `response_id` in `survey_responses`."""
    stem = wanted.name.removesuffix("_id")
    return wanted.key and feed.name.endswith((f"{stem}s", f"{stem.removesuffix('y')}ies"))


def _guessed(profile: Profile, feed: Feed, found: dict[str, Column], left: list[Column]) -> dict[str, Column]:
    """Columns of a feed that a part of a column's name points to: `Project - Start Date (latest)` to a start date.

    A key may be any column of ids; a name may be that of the key, if the file has no other; a day or moment that must
    be there, the only one that the file has.
    """
    guessed: dict[str, Column] = {}
    for wanted in feed.columns:
        if wanted.name in found:
            continue
        fitting = (c for c in left if _is_part(feed, wanted, c) and _suits(wanted, c))
        column = _id_among(left) if _is_id(feed, wanted) else next(fitting, None)
        if column is not None and column.is_key and wanted.name.endswith("_id"):
            # each record is one of what it refers to: a draft of those takes the same id
            column = _id_among(profile.columns) or column
        if column is None and wanted.name == "name" and wanted.must_have_value:
            column = next((c for c in profile.columns if _plain(c.name) in _names(feed, wanted)), None)
        if column is not None:
            guessed[wanted.name] = column
            left = [c for c in left if c is not column]
    moments = [column for column in left if column.kind in DATES or column.epoch]
    missing = (c for c in feed.columns if c.type in DATES and c.must_have_value and c.name not in {**found, **guessed})
    return guessed | ({wanted.name: moments[0]} if len(moments) == 1 and (wanted := next(missing, None)) else {})


def draft(profile: Profile, fit: Fit, currency: str, zone: str) -> Draft:
    """A first mapping of a feed from a file, with a control of amounts. `zone` is that of times without one."""
    lines: list[str] = []
    doubts = 0
    values: dict[str, str] = {}
    given_by = (_words()[kind].get(fit.feed.name, {}) for kind in ("constants", "guesses"))
    constants: dict[str, str] = {name: sql for words in given_by for name, sql in words.items()}
    constants["currency"] = literal(currency)
    if score := fit.found.get("score") or fit.guessed.get("score"):
        constants |= _scale(score)
    for wanted in fit.feed.columns:
        column = fit.found.get(wanted.name) or fit.found.get(_words()["derived"].get(wanted.name, ""))
        if column is not None:
            value, notes = _value(wanted, column, zone)
        elif (column := fit.guessed.get(wanted.name)) is not None:
            value, notes = _value(wanted, column, zone)
            is_named = wanted.type not in DATES or _is_part(fit.feed, wanted, column)
            notes = [f"check: {'taken by a part of its name' if is_named else 'the only day or time there is'}", *notes]
        elif wanted.name == _words()["counted"].get(fit.feed.name):
            value = f"count(*) over (partition by {', '.join(values[key.name] for key in fit.feed.keys)})"
            notes = ["check: each record is one; the first of a key counts all of them"]
        elif _is_id(fit.feed, wanted):
            value = profile.record
            notes = ["check: no column is unique; numbers of records change if rows are sorted or removed"]
        elif wanted.must_have_value or wanted.name in constants:
            if wanted.name not in constants and not wanted.must_have_value:
                continue
            value = constants.get(wanted.name, "null")
            said = wanted.description
            said = said if said[:2].isupper() else said[0].lower() + said[1:]  # "ISO 4217 code" stays
            said += f"; one of {', '.join(wanted.values)}" if wanted.values else ""
            notes = [f"check: the file has no column for it: {said}"]
            if value == "null":
                notes = [f"check: fill it in, or its rows are rejected: {said}"]
        else:
            continue
        doubts += len(notes)
        values[wanted.name] = value
        lines += [*(f"    -- {note}" for note in notes), f"    {value} as {wanted.given_as},"]
    excluded = _excluded(profile, fit, values)
    lines += [f"    -- check: {note}" for note, _ in excluded]
    doubts += len(excluded)
    cases = f"case {' '.join(case for _, case in excluded)} end as _excluded"
    if excluded:
        lines.append(f"    {cases},")
    about = _left_over(profile, fit, lines)
    source = profile.source
    sql = (
        f"-- Drafted from {profile.shown}: check each line marked so, then "
        f"`outcomes feed {fit.feed.name}`.\n{about}select\n"
        + "\n".join(lines)
        + f"\n    _file,\n    _record\nfrom {source}\n"
    )
    amount = fit.found.get("amount")
    kept = f"(select *, {cases} from {source}) where _excluded is null" if excluded else source
    # that each record is accounted for is checked anyway
    control = amount and (
        f"select 'count(*)' as measure, count(*) as expected\nfrom {kept}\nunion all\n"
        f"select 'sum(amount)', sum(try_cast({_number(amount)} as decimal(38, 10)))\nfrom {kept}\n"
    )
    return Draft(fit.feed.name, sql, control, doubts)


def _scale(score: Column) -> dict[str, str]:
    """SQL of a survey's kind and of the ends of its scale, by the scores that were given."""
    if score.least is None or score.most is None:
        return {}
    for kind, (least, most) in _words()["scales"].items():
        if least <= score.least and score.most <= most:
            return {"survey_type": literal(kind), "scale_min": f"{least}", "scale_max": f"{most}"}
    return {"survey_type": "null", "scale_min": f"{score.least}", "scale_max": f"{score.most}"}


def _excluded(profile: Profile, fit: Fit, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a draft with these values leaves out: what to check of it, and the branch of a CASE."""
    found: list[tuple[str, str]] = []
    counted = _words()["counted"].get(fit.feed.name)
    if counted and counted not in {**fit.found, **fit.guessed}:
        keys = ", ".join(values[key.name] for key in fit.feed.keys)
        place = f"row_number() over (partition by {keys} order by _file, _record)"
        found.append(
            ("the others of a key are counted with the first", f"when {place} > 1 then 'counted with another'")
        )
    total = next((identifier(column.name) for column in profile.columns if column.has_total), None)
    if total:
        found.append(("totals are left out", f"when regexp_matches(lower({total}), '{TOTAL}') then 'a total'"))
    ids = [column for key in fit.feed.keys if (column := fit.found.get(key.name) or fit.guessed.get(key.name))]
    if len(fit.feed.keys) == len(ids) == 1 and (ids[0].is_shared or not ids[0].is_key):
        place = f"row_number() over (partition by {identifier(ids[0].name)} order by _file desc, _record desc)"
        note = "several records are of one; the last is taken, and window functions read the others"
        found.append((note, f"when {place} > 1 then 'not its last record'"))
    for reason, names in _words()["says_nothing"].get(fit.feed.name, {}).items():
        there = [column for name in names if (column := fit.found.get(name) or fit.guessed.get(name))]
        if there and all(column.nulls for column in there):
            empty = " and ".join(f"{identifier(column.name)} is null" for column in there)
            found.append((f"rows that are {reason} are left out", f"when {empty} then {literal(reason)}"))
    return found


def _left_over(profile: Profile, fit: Fit, lines: Sequence[str]) -> str:
    """Comments that name the columns of the files that a draft doesn't use, and those of the feed that it lacks."""
    used = {column.name for column in (*fit.found.values(), *fit.guessed.values())}
    unused = [column.name for column in profile.columns if column.name not in used]
    about = f"-- not used: {', '.join(' '.join(name.split()) for name in unused)}\n" if unused else ""
    given = {line.rpartition(" as ")[2] for line in lines}
    more = [wanted.given_as for wanted in fit.feed.columns if f"{wanted.given_as}," not in given]
    about += f"-- the feed also has: {', '.join(more)}\n" if more else ""
    return about


def _without_brackets(sql: str) -> str:
    """A number as text, (1.00) as -1.00."""
    return f"regexp_replace({sql}, '^[(](.*)[)]$', '-\\1')"


def _without_signs(sql: str) -> str:
    """A number as text without the signs of currencies and percent."""
    return f"regexp_replace({sql}, ' *{SIGNS} *', '', 'g')"


def _number(column: Column) -> str:
    name = identifier(column.name)
    name = _without_signs(name) if column.has_signs else name
    name = _without_brackets(name) if column.has_brackets else name
    match column.decimal:
        case ",":
            return f"replace(replace({name}, '.', ''), ',', '.')"
        case ",.":
            return f"replace({name}, ',', '')"
        case _:
            return name


def _value(wanted: FeedColumn, column: Column, zone: str) -> tuple[str, list[str]]:
    """SQL of a column's value in the feed, and what a human should check."""
    name = identifier(column.name)
    if wanted.values:
        return _category(wanted, column)
    if wanted.type in ("decimal", "integer") and column.decimal:
        shown = next(value for value in column.top if value != column.other) if column.other else column.top[0]
        notes = [f"check: numbers such as {shown} are read with decimal sign {column.decimal[-1]}"]
        if column.other:
            other = " ".join(column.other.split())[:40]
            notes.append(f"check: some values are no numbers, such as {other}: their rows are rejected")
        return _number(column), notes
    if wanted.type == "boolean" and column.kind == "integer":
        return f"({name}::bigint > 0)::varchar", ["check: true where it is more than 0"]
    if wanted.type not in DATES:
        return name, []
    notes: list[str] = []
    if column.epoch:
        micros = 1_000_000 // EPOCHS[column.epoch]
        moment = f"make_timestamp({name}::bigint * {micros})"
        if wanted.type == "date" and zone != "UTC":
            moment = f"timezone({literal(zone)}, timezone('UTC', {moment}))"
        return f"{moment}::{wanted.type}::varchar", [f"check: {column.epoch} since 1970, UTC, such as {column.top[0]}"]
    moment = f"try_cast({name} as timestamp)"
    form, *others = column.formats or ("",)
    if form:
        moment = f"try_strptime({name}, {literal(form)})"
        also = f"; so does {', '.join(others)}" if others else ""
        notes.append(f"check: {form} reads every value, such as {column.top[0]}{also}")
    elif wanted.type == "date":
        return (
            (name, [])
            if column.kind == "date"
            else (f"left({name}, 10)", ["check: the day of a moment, in its own zone"])
        )
    if wanted.type == "timestamp" and column.kind == "timestamp" and not column.has_zone and zone != "UTC":
        moment = f"timezone({literal(zone)}, {moment})"
        notes.append(f"check: a time without a zone is that of {zone}")
    elif not column.formats:
        return name, []
    elif wanted.type == "date":
        moment += "::date"
    # a value that can't be read stays as it is, so that its row is rejected and named
    return f"coalesce({moment}::varchar, {name})", notes


def _category(wanted: FeedColumn, column: Column) -> tuple[str, list[str]]:
    """A CASE over the column's most frequent values, each with the contract's value that it may mean."""
    name = identifier(column.name)
    words = {
        **{_plain(value): value for value in wanted.values},
        **{"open": "to_do", "new": "to_do", "todo": "to_do", "backlog": "to_do", "closed": "done", "resolved": "done"},
        **{"doing": "in_progress", "active": "in_progress", "in_review": "in_progress", "expense": "cost"},
        **{"expenses": "cost", "income": "revenue"},
    }
    known = {value: words[_plain(value)] for value in column.top if words.get(_plain(value)) in wanted.values}
    cases = " ".join(f"when {literal(value)} then {literal(meant)}" for value, meant in known.items())
    must = "should" if wanted.unknown_values == "warn" else "must"
    note = f"check: {must} be one of {', '.join(wanted.values)}; its values are {', '.join(column.top)} …"
    return (f"case {name} {cases} else {name} end" if cases else name), [" ".join(note.split())]


@cache
def examples() -> dict[str, str]:
    """The exports with ready mappings by name, with the first line of what they say of themselves."""
    folder = resources.files(__name__) / "examples"
    found = sorted((entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    return {e.name: (e / "README.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for e in found}


def example_files(name: str) -> dict[str, str]:
    """The files of a ready mapping, by their path in a portfolio. Raises LandingError for an unknown name."""
    if name not in examples():
        raise LandingError("there is no such example.", name, f"choose one of {', '.join(examples())}.")
    folder = resources.files(__name__) / "examples" / name
    return {
        f"feeds/{entry.name}" if entry.name != "README.md" else f"docs/{name}.md": entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.is_file()
    }
