"""What the columns of data files hold: kinds, formats, units and odd values, of the first rows."""

import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from sources.common.sql import identifier, literal
from sources.config import FileSettings
from sources.drafting.words import plain, words
from sources.errors import LandingError
from sources.files import RawFile, raw_files
from sources.reader import Offered, at_fault, offer, sandbox, unreadable

ROWS = 100_000  # of a file that are looked at
DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d"),
    *("%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%b %d, %Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d/%b/%y", "%d-%b-%y"),
)
TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
FORMATS = (*DAYS, *(f"{day} {time}" for day in DAYS for time in TIMES))
ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
MOSTLY = 0.5  # share of numbers or dates among the values of a column of them
MAY_BE_DATE = "^ *([0-9]{1,4}[-/. ].{3}|[0-9]{8}|[A-Za-z]{3} [0-9]{1,2}, )"
LONGEST_DATE = 26  # letters
SAMPLE = 1000  # different values of which each format must read one
MOST_FORMATS = 4  # of one column
SIGNS = "[$£€¥₹%]"  # that are left out of a number
TOTAL = "^ *((sub-?|grand )?totals?|(gesamt|zwischen)?summe|gesamt|insgesamt):? *$"  # what a row of totals says
EPOCHS = {"seconds": 1, "milliseconds": 1000}  # since 1970, of moments from 2000 to 2099
# a file with more lines of names: the third begins so in each column
IMPORT_IDS, IMPORT_LINES = '{"ImportId"', 2


@dataclass(frozen=True)
class Column:
    """A column of a file: what its values are, in the first rows.

    `kind` is text, boolean, integer, decimal, date or timestamp. `formats` read every value of a date that isn't ISO;
    with several it is ambiguous. Where no format reads all, `mixed` are those that together read most; `both_orders`
    says that some have the day first and others the month. `decimal` is the decimal sign of numbers with another than
    a point, or `,.` for thousands; `has_brackets` if some are negative as (1.00) is, `has_signs` if some have one of
    `SIGNS`, `percent` is such a value, `currencies` are the signs of currencies. `may_group`: the only sign in its
    numbers may be that of decimals or of thousands. `other` is a value that is no number or date, among `others` that
    aren't. `epoch` is the unit of numbers that may be moments. `has_total` if some value says that its row is a total.
    `least` and `most` are the ends of numbers, `top` the most frequent values. `distinct` are counted file by file;
    `is_shared` if files share some, `folds` if some differ in case or spaces around them only.
    """

    name: str
    kind: str
    rows: int
    nulls: int
    distinct: int
    top: tuple[str, ...]
    formats: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    both_orders: bool = False
    decimal: str = ""
    has_zone: bool = False
    has_brackets: bool = False
    has_signs: bool = False
    percent: str = ""
    currencies: tuple[str, ...] = ()
    may_group: bool = False
    other: str = ""
    others: int = 0
    epoch: str = ""
    has_total: bool = False
    least: float | None = None
    most: float | None = None
    is_shared: bool = False
    folds: bool = False

    @property
    def is_key(self) -> bool:
        """Every row of a file has a value of its own."""
        return self.nulls == 0 and self.is_unique

    @property
    def is_unique(self) -> bool:
        """No two rows of a file have the same value; some may have none."""
        return self.distinct == self.rows - self.nulls > 0


@dataclass(frozen=True)
class Profile:
    """Files of the same columns, such as the exports of two months: how they are written, and their columns.

    `header_lines` are those below the names that are no records. `repeated` are names that several columns have, with
    how many. `within` are pairs of columns: the first is unique among the rows that have the same value of the second.
    """

    files: tuple[RawFile, ...]
    words: str
    rows: int
    columns: tuple[Column, ...]
    header_lines: int = 0
    repeated: tuple[tuple[str, int], ...] = ()
    within: tuple[tuple[str, str], ...] = ()

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
    given = Counter(name for name in offered[0].columns if name)
    repeated = tuple((name, times) for name, times in given.items() if times > 1)
    about = ", ".join(dict.fromkeys(file.words for file in offered))
    found = Profile(tuple(file.raw for file in offered), about, 0, (), repeated=repeated)
    try:
        described = connection.execute(f"describe select * exclude (_file, _record) from {found.source}").fetchall()
        names = [name for name, *_ in described]  # not the file's: it may repeat one, or leave it out
        lines = _header_lines(connection, found, names)
        heads = " union all by name ".join(
            f"(from raw.{identifier(raw.name)} where _record > {lines} limit {ROWS})" for raw in found.files
        )
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
        within = tuple(_within(connection, columns))
    except duckdb.Error as error:
        fault = at_fault(error, offered) or offered[0]
        raise unreadable(fault.raw.relative, error, fault) from error
    return replace(found, rows=row["rows"], columns=tuple(columns), header_lines=lines, within=within)


def _header_lines(connection: duckdb.DuckDBPyConnection, profile: Profile, names: Sequence[str]) -> int:
    """How many lines below the names are no records: questions and import ids of a survey tool."""
    said = " or ".join(f"starts_with({identifier(name)}, {literal(IMPORT_IDS)})" for name in names)
    for raw in profile.files:
        view = f"raw.{identifier(raw.name)}"
        found = connection.execute(f"select count(*) from {view} where _record = {IMPORT_LINES} and ({said})")
        if found.fetchone() != (1,):
            return 0
    return IMPORT_LINES


def _within(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Columns that `words.yml` knows as unique within another's value only, as the numbers of key results are."""
    by_name = {plain(column.name): column for column in columns}
    for inner_id, outer_id in words()["within"].values():
        inners, outers = (
            [by_name[name] for name in words()["names"][at] if name in by_name] for at in (inner_id, outer_id)
        )
        for inner in inners:
            for outer in outers:
                pair = f"{identifier(outer.name)}, {identifier(inner.name)}"
                both = f"{identifier(outer.name)} is not null and {identifier(inner.name)} is not null"
                counts = f"count(distinct (_file, {pair})) filter ({both}) = count(*) filter ({both})"
                if connection.execute(f"select {counts} from head").fetchone() == (True,):
                    yield inner.name, outer.name


def _measures(name: str) -> dict[str, str]:
    def every(condition: str) -> str:
        return f"coalesce(bool_and({condition}) filter ({name} is not null), false)"

    bare = without_brackets(without_signs(name))
    number = f"regexp_full_match({bare}, '[+-]?([0-9]{{1,3}}(,[0-9]{{3}})+|[0-9]+)([.][0-9]+)?')"
    iso = f"regexp_matches({name}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and try_cast({name} as timestamptz) is not null"
    return {
        "given": f"count({name})",
        "distinct": f"count(distinct (_file, {name})) filter ({name} is not null)",
        "values": f"count(distinct {name})",
        "folded": f"count(distinct lower(trim({name})))",
        "top": f"approx_top_k({name}, 4)",
        "boolean": every(f"lower({name}) in ('true', 'false')"),
        "integer": every(f"regexp_full_match({name}, '[+-]?[0-9]{{1,18}}')"),
        "decimal": every(f"try_cast({name} as decimal(38,10)) is not null"),
        "comma": every(f"regexp_full_match({bare}, '[+-]?([0-9]{{1,3}}([.][0-9]{{3}})+|[0-9]+)(,[0-9]+)?')"),
        "thousands": every(number),
        "numbers": f"count(*) filter ({number})",
        "other": f"min({name}) filter (not {number})",
        "signs": f"coalesce(bool_or(regexp_matches({name}, '{SIGNS}')), false)",
        "currencies": f"list_distinct(list(nullif(regexp_extract({name}, '[$£€¥₹]'), '')))",
        "grouped": every(f"regexp_full_match({bare}, '[+-]?[0-9]{{1,3}}([.,][0-9]{{3}})?')"),
        "separated": f"coalesce(bool_or(regexp_matches({name}, '[.,]')), false)",
        "percent": f"min({name}) filter (contains({name}, '%'))",
        "total": f"coalesce(bool_or(regexp_matches(lower({name}), '{TOTAL}')), false)",
        "least": f"min(try_cast({name} as double))",
        "most": f"max(try_cast({name} as double))",
        "brackets": f"coalesce(bool_or({name} like '(%)'), false)",
        "date": every(f"{iso} and length({name}) = 10"),
        "timestamp": every(iso),
        "zone": every(f"regexp_matches({name}, '(Z|[+-][0-9]{{2}}:?[0-9]{{0,2}})$')"),
    }


def without_brackets(sql: str) -> str:
    """A number as text, (1.00) as -1.00."""
    return f"regexp_replace({sql}, '^[(](.*)[)]$', '-\\1')"


def without_signs(sql: str) -> str:
    """A number as text without the signs of currencies and percent."""
    return f"regexp_replace({sql}, ' *{SIGNS} *', '', 'g')"


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
    return Column(
        name,
        kind,
        rows,
        rows - found["given"],
        found["distinct"],
        tuple(str(value) for value in found["top"] or () if value is not None),
        decimal=sign,
        has_zone=kind == "timestamp" and found["zone"],
        has_brackets=bool(sign) and found["brackets"],
        has_signs=bool(sign) and found["signs"],
        currencies=tuple(sorted(found["currencies"] or ())) if sign else (),
        may_group=kind == "decimal" and found["grouped"] and found["separated"],
        percent=str(found["percent"]) if sign and found["percent"] else "",
        epoch=next(epochs, ""),
        has_total=found["total"],
        least=found["least"],
        most=found["most"],
        other=str(found["other"]) if mostly else "",
        others=found["given"] - found["numbers"] if mostly else 0,
        is_shared=found["values"] < found["distinct"],
        folds=found["folded"] < found["values"],
    )


def _reads(form: str) -> str:
    """Whether a format reads a value, in SQL; %Y reads 25, too, as the year 25."""
    return f"coalesce(year(try_strptime(value, {literal(form)})) > 999, false)"


def _any_reads(forms: Iterable[str]) -> str:
    return f"({' or '.join(map(_reads, forms)) or 'false'})"


def _reading(
    connection: duckdb.DuckDBPyConnection, forms: Iterable[str], table: str, where: str = "true"
) -> dict[str, int]:
    """The formats that read any of the seen values, with how many."""
    forms = tuple(forms)
    if not forms:
        return {}
    counts = ", ".join(f"coalesce(sum(times) filter ({_reads(form)}), 0)::bigint" for form in forms)
    row = connection.execute(f"select {counts} from {table} where {where}").fetchone() or ()
    return {form: count for form, count in zip(forms, row, strict=True) if count}


def _with_formats(connection: duckdb.DuckDBPyConnection, column: Column) -> Column:
    """The column as one of dates, if a format reads all of its values, or a few together read most."""
    if column.nulls == column.rows or not any(re.search(r"\d", value) for value in column.top):
        return column
    name, given = identifier(column.name), column.rows - column.nulls
    # each value once, and only what may be a date, as a format takes long to refuse one
    connection.execute(f"""
        create or replace temp table seen as
        select {name} as value, count(*) as times from head
        where regexp_matches({name}, '{MAY_BE_DATE}') and length({name}) < {LONGEST_DATE} group by 1""")
    likely = connection.execute("select coalesce(sum(times), 0) from seen").fetchone() or (0,)
    if likely[0] <= MOSTLY * given:
        return column
    forms = _reading(connection, (*FORMATS, *ISO), f"(from seen limit {SAMPLE})")
    chosen: list[str] = []
    left = given
    while left and len(chosen) < MOST_FORMATS:
        counts = _reading(connection, forms, "seen", f"not {_any_reads(chosen)}")
        if not counts:
            break
        # 2025 is not the year 20 and two digits more
        best = max(counts, key=lambda form: (counts[form], "%y" not in form))
        if not chosen and counts[best] == given:
            every = tuple(form for form in counts if counts[form] == given and ("%y" in form) == ("%y" in best))
            return replace(column, kind="date" if best in DAYS else "timestamp", formats=every)
        if any(_shape(form) == _shape(best) for form in chosen):
            return replace(column, both_orders=True)
        chosen.append(best)
        left -= counts[best]
    if left > MOSTLY * given or not chosen:
        return column
    unread = f"select min({name}) from head where {name} not in (select value from seen where {_any_reads(chosen)})"
    other = connection.execute(unread).fetchone() or (None,)
    kind = "date" if all(form in (*DAYS, ISO[0]) for form in chosen) else "timestamp"
    return replace(column, kind=kind, mixed=tuple(chosen), other=other[0] or "", others=left)


def _shape(form: str) -> str:
    """A format without the order of day and month."""
    return re.sub("%[dm]", "%", form)
