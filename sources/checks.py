"""The contract check of one mapped feed, in DuckDB: types, rules, keys, conservation and control figures.

`check_rows` turns `mapped.<feed>` into `checked.<feed>`: each row with its values as read (`<column>`), those that are
read otherwise also as given (`v_<column>`), the texts of a rejected row (`_original`, JSON), its `_excluded` reason,
whether it `_is_copy` of a row before it, its `_violations`, a list of {column, rule, message}, and in the same form its
`_warnings`, with which it lands. The other functions read this table.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from sources import identities
from sources.common.sql import identifier, literal
from sources.config import FileSettings
from sources.contracts import CALENDAR, Column, Feed
from sources.errors import LandingError
from sources.identities import Identity
from sources.pseudonyms import hmac_sql
from sources.reader import CHECKED, reason_of
from sources.readings import declared_reading

LINEAGE = ("_file", "_record")
IDENTICAL_COPY = "identical copy"
_REASONS = 'struct("column" varchar, rule varchar, message varchar)[]'
_LANDS = "_excluded is null and len(_violations) = 0"
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Total:
    """One control total: an aggregate, its value in the raw files, and that of the mapped rows; to 10 places."""

    measure: str
    expected: Decimal | None
    found: Decimal | None


@dataclass(frozen=True)
class _Given:
    """How the columns of a mapped feed are given, by name.

    `readings`: SQL of the text in the contract's format, of those whose text is in a declared one. `typed`: SQL of the
    value, of those for which the mapping returns no text but what the contract wants: they are not written and read.
    """

    readings: dict[str, str]
    typed: dict[str, str]

    @classmethod
    def of(cls, feed: Feed, described: dict[str, str], written: Mapping[str, FileSettings]) -> "_Given":
        """As `described` (types by the mapping's column names) and declared of the files."""
        texts = [c for c in feed.columns if described.get(c.given_as) == "VARCHAR"]
        readings = {c.name: sql for c in texts if (sql := _declared_reading(c, written))}
        typed = {c.name: sql for c in feed.columns if (sql := _value_of(c, described.get(c.given_as, "")))}
        return cls(readings, typed)

    def column(self, column: Column) -> str:
        """What is given, without an empty text: a text or, of a column in `typed`, the value."""
        return f"{'g' if column.name in self.typed else 't'}_{column.name}"

    def text(self, column: Column) -> str:
        """SQL of its text."""
        return f"{self.column(column)}::varchar" if column.name in self.typed else self.column(column)


def checked(feed: Feed) -> str:
    """The name of the checked table of a feed."""
    return f"{CHECKED}.{feed.name}"


def columns_of(connection: Connection, feed: Feed, where: str, before: list[str]) -> tuple[list[str], list[str]]:
    """The contract's columns that a mapped feed has, as they are given, and its columns that aren't in the contract.

    Raises LandingError for a missing required column, or one that the source's last load still had.
    """
    given = [row[0] for row in connection.execute(f"describe mapped.{feed.name}").fetchall()]
    known = [c.given_as for c in feed.columns]
    missing = [c.given_as for c in feed.columns if c.must_have_value and c.given_as not in given]
    if missing:
        raise LandingError(
            f"feed {feed.name} needs {', '.join(missing)}, which is missing.",
            where,
            "add the column to the file or mapping.",
        )
    gone = [name for name in before if name not in given]
    if gone:
        raise LandingError(
            f"{', '.join(gone)} of feed {feed.name} was in the last load and is missing now.",
            where,
            "put the column back; to drop it on purpose, keep it with empty values.",
        )
    extra = [name for name in given if name not in known and name not in {*LINEAGE, "_excluded"}]
    return [name for name in known if name in given], extra


def check_rows(
    connection: Connection,
    feed: Feed,
    columns: list[str],
    extra: list[str],
    currencies: frozenset[str],
    written: Mapping[str, FileSettings] | None = None,
    same: Collection[Identity] = (),
) -> None:
    """Cast every row of `mapped.<feed>` and list its violations; creates `checked.<feed>`.

    `written`: what is declared of each file. A text that the mapping returns is read in the format of the row's file.
    `same`: ids of the source that give way to others.
    """
    described = {row[0]: row[1] for row in connection.execute(f"describe mapped.{feed.name}").fetchall()}
    given = _Given.of(feed, described, written or {})
    connection.execute("create temp table if not exists currency_codes (code varchar)")
    connection.execute("delete from currency_codes")
    codes = ", ".join(f"({literal(code)})" for code in sorted(currencies))
    connection.execute(f"insert into currency_codes values {codes}")
    if same:
        connection.execute(f"create or replace temp table {identities.TABLE} as {identities.table_sql(same)}")
    known = identities.replacing(feed, same)
    rows = _rows_as_read(feed, columns, extra, given, known, has_reason="_excluded" in described)
    connection.execute(f"create table {checked(feed)} as {_checked_rows(feed, rows, given, shares_keys=False)}")
    if _shares_keys(connection, feed):  # few loads do, and to look at their rows takes as long as all else
        connection.execute(f"drop table {checked(feed)}")
        connection.execute(f"create table {checked(feed)} as {_checked_rows(feed, rows, given, shares_keys=True)}")


def _rows_as_read(
    feed: Feed, columns: list[str], extra: list[str], given: _Given, known: Mapping[str, str], *, has_reason: bool
) -> str:
    """The CTEs that read each row: its texts, its values, and the reason why it is excluded (`with_reason`)."""
    named = {c.name: identifier(c.given_as) if c.given_as in columns else "null" for c in feed.columns}
    values = [
        f"{sql} as g_{name}" if name in given.typed else f"nullif({sql}::varchar, '') as t_{name}"
        for name, sql in named.items()
    ]
    reason = "nullif(_excluded::varchar, '')" if has_reason else "null::varchar"
    unknown = ", ".join(f"{literal(n)}: {identifier(n)}" for n in extra)
    kept = f"to_json({{{unknown}}})::varchar" if extra else "null::varchar"
    typed = [f"{_typed(c, given)} as {c.name}" for c in feed.columns]
    as_typed = "".join(f", {name} as v_{name}" for name in _read_again(feed))
    return f"""
        texts as (
            select _file, _record::bigint as _record, {reason} as _excluded, {kept} as _extra,
                rowid as _row, {", ".join(values)}
            from mapped.{feed.name}
        ),
        declared as (select * {"".join(f", {sql} as r_{name}" for name, sql in given.readings.items())} from texts),
        typed as (select *, {", ".join(typed)} from declared),
        with_values as (
            select * {_replacing(_value_readings(feed))} {as_typed}, {_warnings(feed, given)} as _warnings from typed
        ),
        as_read as (select * {_replacing(_row_readings(feed))} from with_values),
        as_known as (select * {_replacing(known)} from as_read),
        with_reason as (select * replace ({_reason(feed)} as _excluded) from as_known)"""


def _checked_rows(feed: Feed, rows: str, given: _Given, *, shares_keys: bool) -> str:
    """The SELECT of the checked rows, given the CTEs that read them. Whether any of them share a key is known."""
    again = _read_again(feed)
    violations = [
        v for c in feed.columns for v in _column_rules(c, given, f"v_{c.name}" if c.name in again else c.name)
    ]
    violations += [_violation(r.columns[0], r.name, r.message, f"not coalesce({r.sql}, true)") for r in feed.rules]
    if shares_keys:
        said = _duplicate_message(feed)
        violations.append(_violation_saying(feed.keys[0].name, "duplicate_key", said, "len(_versions) > 1"))
    if feed.no_overlap:
        violations.append(
            _violation(feed.no_overlap.from_, "overlap", "it overlaps another row with the same keys", "_overlaps")
        )
    found = _listed(violations, "_excluded is null")
    in_key = ", ".join(literal(c.name) for c in feed.keys)
    spent = ["_row", "_overlaps", *(given.column(c) for c in feed.columns), *(f"r_{name}" for name in given.readings)]
    copies = _copies(feed, given) if shares_keys else "with_copies as (select *, false as _is_copy from with_reason)"
    return f"""
        with {rows},
        {copies},
        with_overlaps as (select *, {_overlaps(feed)} as _overlaps from with_copies),
        with_violations as (select * {"exclude (_versions)" if shares_keys else ""}, {found} as _violations
            from with_overlaps)
        select * exclude ({", ".join(spent)}),
            case when len(_violations) > 0 then {_original(feed, given)} end as _original,
            len(list_filter(_violations, lambda v: v.rule <> 'duplicate_key' and v.column in ({in_key}))) = 0
                as _key_readable
        from with_violations
    """


def _original(feed: Feed, given: _Given) -> str:
    """SQL of a row's texts as the mapping gave them, as JSON, personal ones masked."""
    shown = {
        c.given_as: f"case when {given.column(c)} is not null and {_is_personal(c)} then '***' else {given.text(c)} end"
        for c in feed.columns
    }
    return f"to_json({{{', '.join(f'{literal(name)}: {value}' for name, value in shown.items())}}})::varchar"


def _has_key(feed: Feed) -> str:
    return " and ".join(f"{c.name} is not null" for c in feed.keys if c.must_have_value)


def _shares_keys(connection: Connection, feed: Feed) -> bool:
    """Whether rows of a checked feed may share a key: equal keys have equal hashes, which are grouped faster."""
    keys = ", ".join(c.name for c in feed.keys)
    found = connection.execute(f"""
        select 1 from (select hash({keys}) as hashed from {checked(feed)} where _excluded is null and {_has_key(feed)})
        group by hashed having count(*) > 1 limit 1
    """)
    return found.fetchone() is not None


def _copies(feed: Feed, given: _Given) -> str:
    """The CTEs that compare the rows that share a key (`with_copies`): `_is_copy` of one before it, and `_versions`."""
    keys = ", ".join(c.name for c in feed.keys)
    on_keys = " and ".join(f"with_reason.{c.name} is not distinct from shared_keys.{c.name}" for c in feed.keys)
    # as read, so that 1.0 and 1.00 are the same; what can't be read is compared as text
    same = ", ".join(f"coalesce({c.name}::varchar, {given.text(c)})" for c in feed.columns)
    return f"""
        -- a window over all rows would sort them; those that share a key are few
        shared_keys as (
            select {keys} from with_reason where _excluded is null and {_has_key(feed)}
            group by all having count(*) > 1
        ),
        sharing_key as (
            select with_reason.* from with_reason semi join shared_keys on {on_keys}
            where _excluded is null and {_has_key(feed)}
        ),
        compared as (
            select *,
                row_number() over (
                    partition by {keys}, {same} order by _file, _record, _row
                ) > 1 as _is_copy
            from sharing_key
        ),
        versions as (
            select _row, _is_copy,
                list(
                    {{'row': _row, 'file': _file, 'record': _record, 'values': {_shown(feed, given)}}}
                    order by _file, _record, _row
                ) filter (not _is_copy) over (partition by {keys}) as _versions
            from compared
        ),
        with_copies as (
            select with_reason.* exclude (_excluded), coalesce(_is_copy, false) as _is_copy, _versions,
                case when _is_copy then {literal(IDENTICAL_COPY)} else _excluded end as _excluded
            from with_reason left join versions using (_row)
        )"""


def _reason(feed: Feed) -> str:
    """SQL of the reason why a row is excluded: the mapping's, else the contract's, else NULL."""
    if feed.excluded is None:
        return "_excluded"
    return f"coalesce(_excluded, case when {feed.excluded.sql} then {literal(feed.excluded.reason)} end)"


MOST = 5  # messages of one rule about landed rows that are shown, the most frequent

# ISO 8601: a day, a time from minutes on, and a zone (an offset, or a region by its IANA name)
_MOMENT = (
    "[0-9]{4,6}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
    "( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?|[A-Z][A-Za-z_]+(/[A-Za-z_+-]+)+))?)?"
)
# what a rejected value should have looked like
_WANTED = {"date": "2025-04-28", "timestamp": "2025-04-28T09:00:00Z", "decimal": "1234.5", "boolean": "true or false"}

# how another form of it is declared, and what such a text looks like
_DECLARED = {"date": "dates: dmy", "timestamp": "dates: dmy", "decimal": 'decimal: ","'}
_LOOKS = {"decimal": "[+-]?[0-9][0-9. ’']*,[0-9]+"} | dict.fromkeys(
    ("date", "timestamp"), "[0-9]{1,4}([./ -])[0-9]{1,2}([./ -])[0-9]{1,4}.*"
)


def _declared_reading(column: Column, written: Mapping[str, FileSettings]) -> str | None:
    """SQL of a column's text as the contract wants it, by the format declared of the row's file; None without one."""
    text, files = f"t_{column.name}", dict[str, list[str]]()
    for file, settings in written.items():
        if sql := declared_reading(column, text, settings):
            files.setdefault(sql, []).append(file)
    cases = [f"when _file in ({', '.join(map(literal, names))}) then {sql}" for sql, names in files.items()]
    return f"case {' '.join(cases)} else {text} end" if cases else None


_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def _value_of(column: Column, kind: str) -> str | None:
    """SQL of the value of a column that the mapping gives in a type of DuckDB, NULL for what its text would not be read
    as; None where the text has to be read."""
    given = f"g_{column.name}"
    decimal = _DECIMAL.fullmatch(kind)
    match column.type:
        case "date" if kind == "DATE":
            return f"case when {given} between date '0001-01-01' and date '9999-12-31' then {given} end"
        case "timestamp" if kind in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
            moment = f"{given} at time zone 'UTC'" if kind.endswith("ZONE") else f"{given}::timestamp"
            is_one = f"{moment} >= timestamp '0001-01-01' and isfinite({given})"
            return f"case when {is_one} then {moment} end"
        case "boolean" if kind == "BOOLEAN":
            return given
        case "integer" if kind in _WHOLE:
            return f"{given}::bigint"
        case "decimal" if kind in _WHOLE or (decimal and int(decimal[2]) <= 10):
            return f"try_cast({given} as decimal(28,10))"
        case _:
            return None


def _typed(column: Column, given: _Given) -> str:
    """SQL of a column's value: as the mapping computed it, of its text, or as the declared format reads its text."""
    if sql := given.typed.get(column.name):
        return sql
    text = f"r_{column.name}" if column.name in given.readings else given.column(column)
    match column.type:
        case "string" | "currency":
            return text
        case "integer":
            return f"case when regexp_full_match({text}, '[+-]?[0-9]+') then try_cast({text} as bigint) end"
        case "decimal":
            # DuckDB reads 18 digits fifty times as fast as 38, and few figures have more; both ways are exact
            short = "".join(
                f"when regexp_full_match({text}, '[+-]?[0-9]{{1,{18 - places}}}([.][0-9]{{1,{places}}})?') "
                f"then {text}::decimal(18,{places})::decimal(28,10) "
                for places in (10, 5)
            )
            # straight to 10 places, exponents such as 5e-7 would be cast wrongly
            return f"case {short} else try_cast(try_cast({text} as decimal(38,18)) as decimal(28,10)) end"
        case "boolean":
            return f"case when lower({text}) in ('true', 'false') then {text}::boolean end"
        case "date":
            is_day = f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
            return f"case when {is_day} then try_cast({text} as date) end"
        case "timestamp":
            # DuckDB alone would also take 01/04/25 as a day of the year 1, 2025-4-1, and zones such as EST
            is_moment = f"regexp_full_match({text}, '{_MOMENT}')"
            with_colon = f"regexp_replace({text}, '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"  # of +0200
            written = f"case when ends_with({text}, 'Z') then {text} else {with_colon} end"
            return f"case when {is_moment} then try_cast({written} as timestamptz) at time zone 'UTC' end"


def day_of(column: Column, value: str) -> str | None:
    """SQL of the day of the calendar that a value of a column is; None if the column holds no such days."""
    if column.open_ended:
        return None
    if column.type in ("date", "timestamp"):
        return f"{value}::date"
    return f"case when {column.day_when} then try_cast({value} as date) end" if column.day_when else None


def _is_placeholder(column: Column, value: str) -> str:
    """SQL that is true for a day outside the calendar; false for a column that holds no days."""
    first, last = (f"date {literal(str(day))}" for day in CALENDAR)
    day = day_of(column, value)
    return f"coalesce({day} not between {first} and {last}, false)" if day else "false"


def _is_known(column: Column) -> str:
    """SQL that is true for a value that the contract knows, whatever its case and punctuation."""
    return f"{_plain(column)} in ({', '.join(literal(v) for v in column.values)})"


def _plain(column: Column) -> str:
    """SQL of a text as the contract writes values: `Won't Do` is wont_do."""
    without_quotes = f"regexp_replace(lower({column.name}), '[''’]', '', 'g')"
    return f"trim(regexp_replace({without_quotes}, '[^a-z0-9]+', '_', 'g'), '_')"


def _value_readings(feed: Feed) -> dict[str, str]:
    """SQL of values that are read otherwise than they are given, by column: a placeholder is no date, and a known value
    has the contract's spelling."""
    days = {
        c.name: f"case when not {_is_placeholder(c, c.name)} then {c.name} end"
        for c in feed.columns
        if day_of(c, c.name)
    }
    return days | {
        c.name: f"case when {_is_known(c)} then {_plain(c)} else {c.name} end"
        for c in feed.columns
        if c.unknown_values == "warn"
    }


def _row_readings(feed: Feed) -> dict[str, str]:
    """SQL of values that are read otherwise because of other columns of the row, by column."""
    return {r.column: f"case when {r.when} then {literal(r.value)} else {r.column} end" for r in feed.readings}


def _read_again(feed: Feed) -> set[str]:
    """The columns whose value may be read otherwise than it is given; a control total sees it as it is given."""
    return {*_value_readings(feed), *_row_readings(feed)}


def _replacing(values: Mapping[str, str]) -> str:
    """The REPLACE clause of a `select *`, if there is anything to replace."""
    return f"replace ({', '.join(f'{value} as {name}' for name, value in values.items())})" if values else ""


def _warnings(feed: Feed, given: _Given) -> str:
    """SQL of what to say of a row that lands: its dates that are none, its values that the contract doesn't know."""
    span = f"the calendar ({CALENDAR[0]} to {CALENDAR[1]})"
    found = [
        _violation_saying(
            c.name,
            "calendar",
            f"concat({literal(f'{c.name} is ')}, {given.text(c)}, {literal(f', outside {span}, so it is no date')})",
            _is_placeholder(c, c.name),
        )
        for c in feed.columns
        if day_of(c, c.name) and not c.must_have_value
    ]
    found += [
        _violation_saying(
            c.name,
            "values",
            f"concat({literal(f'{c.name} is ')}, {given.text(c)}, "
            f"{literal(', which is none of ' + ', '.join(c.values))})",
            f"{given.column(c)} is not null and not {_is_known(c)}",
        )
        for c in feed.columns
        if c.unknown_values == "warn"
    ]
    return _listed(found)


class _Violation(NamedTuple):
    """A rule that a row can break: SQL of the report, and SQL that is true for a row that breaks it."""

    said: str
    broken: str


def _violation(column: str, rule: str, message: str, broken: str) -> _Violation:
    return _violation_saying(column, rule, literal(message), broken)


def _violation_saying(column: str, rule: str, message: str, broken: str) -> _Violation:
    """A violation whose message is SQL over the row."""
    return _Violation(f"{{'column': {literal(column)}, 'rule': {literal(rule)}, 'message': {message}}}", broken)


def _listed(violations: Collection[_Violation], where: str = "true") -> str:
    """SQL of the list of a row's violations; it is made for the few rows that have any."""
    any_ = " or ".join(f"({v.broken})" for v in violations) or "false"
    said = ", ".join(f"case when {v.broken} then {v.said} end" for v in violations)
    return f"""case when {where} and ({any_}) then list_filter([{said}], lambda v: v is not null)
        else []::{_REASONS} end"""


def _shown(feed: Feed, given: _Given) -> str:
    """SQL of a row's texts by column, without those that are missing or personal."""
    pairs = ", ".join(
        f"{{'k': {literal(c.name)}, 'v': case when not {_is_personal(c)} then {given.text(c)} end}}"
        for c in feed.columns
    )
    return f"list_filter([{pairs}], lambda pair: pair.v is not null)"


def _duplicate_message(feed: Feed) -> str:
    """SQL of what to say of a row that has the key of another and differs from it: it and the other one."""
    keys = ", ".join(c.name for c in feed.keys)
    row = (
        "concat(v.file, ' record ', v.record, ' (', "
        "array_to_string(list_transform(v.values, lambda pair: concat(pair.k, ' ', pair.v)), ', '), ')')"
    )
    return f"""concat(
        len(_versions), {literal(f" different rows of this load have the same {keys}: ")},
        array_to_string(list_transform(
            list_filter(_versions, lambda v: v.row = _row) || list_filter(_versions, lambda v: v.row <> _row)[:1],
            lambda v: {row}
        ), ' and '),
        '. Keep one of them, or give each its own key'
    )"""


def _column_rules(column: Column, given: _Given, typed: str) -> list[_Violation]:
    """The rules of a column; `typed` is SQL of its value before it is read otherwise."""
    name, text = column.name, given.column(column)
    rules: list[_Violation] = []
    if column.must_have_value:
        rules.append(_violation(name, "required", f"{name} is missing", f"{text} is null"))
    if column.type not in ("string", "currency"):
        unread = f"{text} is not null and {typed} is null"
        if day_of(column, name) and column.must_have_value:
            words = f"{name} is outside the calendar ({CALENDAR[0]} to {CALENDAR[1]}), so it is no date"
            rules.append(_violation(name, "calendar", words, _is_placeholder(column, typed)))
        wanted = f"; wanted: {_WANTED[column.type]}" if column.type in _WANTED else ""
        words = literal(f"{name} can't be read as {column.type}{wanted}")
        if column.type in _DECLARED:
            declared = f", or `{_DECLARED[column.type]}` in `files` of portfolio.yml if it is written so"
            otherwise = "; the mapping must turn it into that, or into NULL"
            is_declared = f"regexp_full_match({text}::varchar, {literal(_LOOKS[column.type])})"
            words = f"concat({words}, case when {is_declared} then {literal(declared)} else {literal(otherwise)} end)"
        rules.append(_violation_saying(name, "type", words, unread))
    if column.type == "currency":
        rules.append(
            _violation(
                name,
                "currency",
                f"{name} is neither an ISO 4217 code nor one of the tokens in portfolio.yml",
                f"{text} is not null and {text} not in (select code from currency_codes)",
            )
        )
    if column.values and column.unknown_values == "reject":
        allowed = ", ".join(literal(v) for v in column.values)
        rules.append(
            _violation(
                name, "values", f"{name} must be one of {', '.join(column.values)}", f"{name} not in ({allowed})"
            )
        )
    for bound, sign, words in (
        (column.minimum, "<", "must not be below"),
        (column.exclusive_minimum, "<=", "must be above"),
        (column.maximum, ">", "must not be above"),
    ):
        if bound is not None:
            rules.append(_violation(name, "range", f"{name} {words} {bound:.15g}", f"{name} {sign} {bound:.15g}"))
    return rules


def _overlaps(feed: Feed) -> str:
    """SQL that is true where a row's validity overlaps that of another row of the same keys."""
    rule = feed.no_overlap
    if rule is None:
        return "false"
    start = f"coalesce({rule.from_}, date '0001-01-01')"
    end = f"coalesce({rule.to_}, date '9999-12-31')"
    window = f"partition by _excluded is null, {', '.join(rule.keys)} order by {start}, _row"
    earlier = f"max({end}) over ({window} rows between unbounded preceding and 1 preceding)"
    later = f"min({start}) over ({window} rows between 1 following and unbounded following)"
    return f"coalesce({earlier} > {start}, false) or coalesce({later} < {end}, false)"


def _one(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # an aggregate without GROUP BY has a row
    return row


PerFile = list[tuple[Any, ...]]


def records_per_file(connection: Connection, feed: Feed) -> PerFile:
    """Per file: its name, its records, those quarantined, landed and excluded, the least and greatest record number.

    A record with several rows counts once: as quarantined if any of them is, else as landed.
    """
    return connection.execute(f"""
        with records as (
            select _file, _record,
                bool_or(len(_violations) > 0) as is_quarantined,
                bool_or(_excluded is null and len(_violations) = 0) as is_landed
            from {checked(feed)}
            group by all
        )
        select _file, count(*), count(*) filter (is_quarantined),
            count(*) filter (is_landed and not is_quarantined),
            count(*) filter (not is_landed and not is_quarantined), min(_record), max(_record)
        from records group by _file order by _file
    """).fetchall()


def counts_of(connection: Connection, feed: Feed, per_file: PerFile) -> dict[str, int]:
    """Counts of one load by name: of source records (from `records_per_file`), and with `_rows` of feed rows."""
    rows = _one(
        connection,
        f"""select count(*) filter (_excluded is null and len(_violations) = 0),
            count(*) filter (len(_violations) > 0), count(*) filter (_excluded is not null),
            count(*) filter (_is_copy)
        from {checked(feed)}""",
    )
    sums = [sum(column) for column in zip(*(r[1:5] for r in per_file), strict=True)] or [0, 0, 0, 0]
    names = ["records", "quarantined", "landed", "excluded"]
    names += ["landed_rows", "quarantined_rows", "excluded_rows", "identical_copies"]
    return dict(zip(names, [*sums, *rows], strict=True))


def account_for_records(per_file: PerFile, expected: dict[str, int], where: str) -> None:
    """Check that each source record is landed, quarantined or excluded; `expected` has the records of each file.

    Raises LandingError naming the file whose records don't add up.
    """
    seen = {file: records for file, records, *_ in per_file}
    numbers = {file: (least, greatest) for file, *_, least, greatest in per_file}
    for file in sorted({*seen, *expected}, key=str):
        if file is None or file not in expected:
            raise LandingError(f"it returns rows of {file!r}, which it doesn't read.", where, "return _file unchanged.")
        if seen.get(file, 0) != expected[file]:
            raise LandingError(
                f"{file} has {expected[file]:,} records, of which it returns {seen.get(file, 0):,}.",
                where,
                "return each record, and set _excluded to the reason for those left out on purpose; "
                "declare a file that is only joined in a first line `-- lookup: <name>`.",
            )
        if expected[file] and numbers[file] != (1, expected[file]):
            raise LandingError(
                f"it returns record numbers that {file} doesn't have.", where, "return _record unchanged."
            )


def too_many_rejects(feed: Feed, counts: dict[str, int], limit: float | None) -> str | None:
    """What to say if more than `limit` (share) of the rows are rejected; otherwise None.

    The check `reject_share_fail` applies the same limit to all loads in use, as it may be lowered after a load.
    """
    bad, judged = counts["quarantined_rows"], counts["quarantined_rows"] + counts["landed_rows"]
    if limit is None or not bad or bad <= limit * judged:
        return None
    return f"{bad:,} of {judged:,} rows of feed {feed.name} are rejected ({bad / judged:.1%}, limit {limit:.1%})"


def limit_rejects(
    connection: Connection, feed: Feed, source: str, counts: dict[str, int], limit: float | None, where: str
) -> None:
    """Refuse a load of which too many rows are rejected. Raises LandingError with the reasons."""
    said = too_many_rejects(feed, counts, limit)
    if said is None:
        return
    reasons = rejects(connection, feed)
    more = f"; and {len(reasons) - 5} more reasons" if len(reasons) > 5 else ""
    raise LandingError(
        f"{said}: {'; '.join(map(str, reasons[:5]))}{more}.",
        where,
        f"correct them in the file or the mapping; `outcomes feed {feed.name} --source {source}` shows what it gives. "
        "If they may be left out, raise thresholds.quarantine_fail_share in portfolio.yml.",
    )


def control_totals(connection: Connection, feed: Feed, where: str) -> list[Total]:
    """The feed's control totals, in the files and in the mapped rows. Raises LandingError if they can't be computed."""
    try:
        figures = connection.execute(
            f"select measure, expected::decimal(38,10) from mapped.{feed.name}__control order by measure"
        ).fetchall()
        if not figures:
            raise LandingError("it returns no control total.", where, "return at least one (measure, expected).")
        measures = [f"({measure}\n)::decimal(38,10)" for measure, _ in figures]
        for measure in measures:
            if len(connection.extract_statements(f"select {measure}")) != 1:
                raise LandingError("a measure is not a single expression.", where, "write one aggregate per measure.")
        # a control total is that of the files: with copies and with each value as the mapping gives it
        given = {name: f"v_{name}" for name in _read_again(feed)}
        connection.execute(
            f"create temp view control_rows as select * {_replacing(given)} from {checked(feed)} "
            "where _excluded is null or _is_copy"
        )
        found = _one(connection, f"select {', '.join(measures)} from control_rows")
        if len(found) != len(figures):
            raise LandingError("a measure is not a single expression.", where, "write one aggregate per measure.")
    except duckdb.Error as error:
        raise LandingError(
            f"it can't be evaluated: {reason_of(error)[:300]}", where, "return (measure, expected)."
        ) from error
    finally:
        connection.execute("drop view if exists control_rows")
    return [Total(measure, expected, value) for (measure, expected), value in zip(figures, found, strict=True)]


def compare_control(connection: Connection, feed: Feed, where: str) -> None:
    """Compare the mapped rows with the feed's control totals. Raises LandingError if they differ."""
    for total in control_totals(connection, feed, where):
        if total.found != total.expected:
            raise LandingError(
                f"{total.measure} is {total.expected} in the raw files, but {total.found} in the mapped feed "
                f"{feed.name}.",
                where,
                f"find the rows that feeds/{feed.name}.sql loses, repeats or changes; or fix the control.",
            )


def keys_all_readable(connection: Connection, feed: Feed) -> bool:
    """Whether every quarantined row has a readable key; if not, this load can't tell which rows were deleted."""
    return not _one(
        connection,
        f"select coalesce(bool_or(len(_violations) > 0 and not _key_readable), false) from {checked(feed)}",
    )[0]


def excluded_reasons(connection: Connection, feed: Feed) -> dict[str, int]:
    """Number of rows excluded on purpose, by reason."""
    return dict(
        connection.execute(
            f"select _excluded, count(*) from {checked(feed)} where _excluded is not null group by all order by all"
        ).fetchall()
    )


def filled_columns(connection: Connection, feed: Feed) -> list[str]:
    """The contract's columns that have a value in at least one row that lands."""
    values = ", ".join(f"count({c.name}) > 0" for c in feed.columns)
    is_filled = _one(connection, f"select {values} from {checked(feed)} where {_LANDS}")
    return [c.name for c, filled in zip(feed.columns, is_filled, strict=True) if filled]


def silence(connection: Connection, feed: Feed, seen: date, limit: int) -> str:
    """What to say of a feed of which every month is likely to have rows, if the last days before it was seen, more than
    `limit`, have none; of landed loads the check `exports_reach_the_day_they_were_seen` says it."""
    days = [day for c in feed.columns if (day := day_of(c, c.name))] if feed.continuous else []
    if not days:
        return ""
    (last,) = _one(connection, f"select max(greatest({', '.join(days)})) from {checked(feed)} where {_LANDS}")
    if last is None or (seen - last).days <= limit:
        return ""
    return (
        f"the newest row of {feed.name} is of {last}, {(seen - last).days} days before it was seen. Days without rows "
        "count as days without any: if the export ends earlier, declare `covers` (docs/portfolio.md)"
    )


def _as_text(column: Column) -> str:
    text = f"{column.name}::varchar"
    return f"rtrim(rtrim({text}, '0'), '.')" if column.type == "decimal" else text


def first_rows(connection: Connection, feed: Feed, names: list[str], limit: int) -> list[tuple[str | None, ...]]:
    """The values of these columns in the first rows that land, as text; personal ones are masked."""
    wanted = [c for c in feed.columns if c.name in names]
    values = [f"case when {_is_personal(c)} then '***' else {_as_text(c)} end" for c in wanted]
    if not values:
        return []
    return connection.execute(
        f"select {', '.join(values)} from {checked(feed)} where {_LANDS} order by _file, _record, rowid limit {limit}"
    ).fetchall()


def _is_personal(column: Column) -> str:
    """SQL that is true for rows whose value is personal; also if that is unknown."""
    if column.personal is None:
        return "false"
    return f"coalesce({column.personal_when}, true)" if column.personal_when else "true"


def _value(column: Column) -> str:
    if column.personal != "id":
        return column.name
    pseudonym = hmac_sql(column.name)
    if column.personal_when is None:
        return pseudonym
    return f"case when {_is_personal(column)} then {pseudonym} else {column.name} end"


def load_select(feed: Feed, *, has_extra: bool) -> str:
    """The rows of a load: the good ones (`_row_kind` = row), and for each readable quarantined key only its key (held):
    the snapshot still has it, so its previous row stays current."""
    values = ", ".join(f"{_value(c)} as {c.name}" for c in feed.columns)
    keys = ", ".join(f"{_value(c) if c.key else f'null::{c.sql_type}'} as {c.name}" for c in feed.columns)
    extra = "_extra" if has_extra else "null::varchar as _extra"
    return f"""
        select {values}, _file, _record, {extra},
            case when len(_warnings) > 0 then to_json(_warnings)::varchar end as _warnings, 'row' as _row_kind
        from {checked(feed)} where {_LANDS}
        union all
        select distinct {keys}, null::varchar, null::bigint, null::varchar, null::varchar, 'held'
        from {checked(feed)} where len(_violations) > 0 and _key_readable
    """


def quarantine_select(feed: Feed, source: str, load_id: str) -> str:
    """The rejected rows: origin, violations and original text, with personal columns masked."""
    return f"""
        select {literal(feed.name)} as feed, {literal(source)} as source, {literal(load_id)} as load_id, _file, _record,
            _violations[1].column as "column", _violations[1].rule as rule, _violations[1].message as message,
            to_json(_violations)::varchar as violations, _original as original
        from {checked(feed)} where len(_violations) > 0
        order by _file, _record
    """


@dataclass(frozen=True)
class Rejects:
    """Rows rejected for one reason: how many, and the first three as text, with the value if it isn't personal."""

    column: str
    rule: str
    message: str
    rows: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        more = ", …" if self.rows > len(self.examples) else ""
        rows = f"{self.rows:,} row{'s' if self.rows > 1 else ''}"
        return f"{rows}: {self.message} ({', '.join(self.examples)}{more})"


def rejects(connection: Connection, feed: Feed) -> list[Rejects]:
    """The rejected rows of a checked feed by reason, the most frequent first.

    The value of a rule over several columns is that of each of them, by its name.
    """

    def value(column: str) -> str:  # of a column named by SQL; null where there is none, or a personal one
        return f"'`' || nullif(left(original ->> {column}, 40), '***') || '`'"

    shown = value('"column"')
    for rule in feed.rules:
        named = ", ".join(f"{name} || ' ' || {value(name)}" for name in map(literal, rule.columns))
        shown = f"case when rule = {literal(rule.name)} then concat_ws(', ', {named}) else {shown} end"
    found = connection.execute(f"""
        with bad as ({quarantine_select(feed, "", "")}),
        shown as (
            select "column", rule, _file, _record,
                case when rule = 'duplicate_key' then 'rows with the same key differ' else message end as message,
                {shown} as value,
                concat(nullif(value, '') || ' in ', _file, ' record ', _record) as example
            from bad
        )
        select "column", rule, message, count(*), list(example order by _file, _record)[:3]
        from shown group by all order by 4 desc, 1, 2, 3
    """).fetchall()
    return [Rejects(column, rule, message, rows, tuple(examples)) for column, rule, message, rows, examples in found]


def warnings(connection: Connection, feed: Feed) -> list[Rejects]:
    """The warnings of rows that land, in the same form; of many messages of a rule the rarest are one."""
    found = connection.execute(f"""
        with said as (
            select _file, _record, unnest(_warnings) as reason
            from {checked(feed)}
            where len(_warnings) > 0 and {_LANDS}
        ),
        counted as (
            select reason.column as column_name, reason.rule as rule, reason.message as message, count(*) as rows,
                min((_file, _record)) as first_row,
                list(concat(_file, ' record ', _record) order by _file, _record)[:3] as examples
            from said group by reason.column, reason.rule, reason.message
        ),
        ranked as (
            select *, row_number() over (partition by column_name, rule order by rows desc, first_row) as nth
            from counted
        )
        select column_name, rule, if(max(nth) > {MOST}, 'other values', any_value(message)), sum(rows)::bigint,
            flatten(list(examples order by first_row))[:3]
        from ranked group by column_name, rule, least(nth, {MOST} + 1)
        order by min(nth) > {MOST}, 4 desc, 1, 2, min(nth)
    """).fetchall()
    return [Rejects(column, rule, message, rows, tuple(examples)) for column, rule, message, rows, examples in found]


def schema_select(feed: Feed) -> str:
    """An empty SELECT with a load's columns and types, so that every feed exists even if no source provides it."""
    columns = ", ".join(f"null::{c.sql_type} as {c.name}" for c in feed.columns)
    return (
        f"select {columns}, null::varchar as _file, null::bigint as _record, null::varchar as _extra, "
        "null::varchar as _warnings, null::varchar as _row_kind where false"
    )
