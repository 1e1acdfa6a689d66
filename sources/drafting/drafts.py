"""A first mapping of a feed from a file, for a human to check.

Each column of the feed is made once. What needs several of them, such as a count of the records of one key, is made
from their names in a second step, so that a human who corrects a column corrects all that follows from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sources.common.sql import identifier, literal
from sources.contracts import Column as FeedColumn
from sources.drafting.fits import MONEY, Fit, identity, identity_elsewhere, is_id, is_part, unsuited
from sources.drafting.profiles import TOTAL, Column, Profile
from sources.drafting.values import currency_of, number, value_of
from sources.drafting.words import words

MOST_ALIKE = 3  # columns that a comment names


@dataclass(frozen=True)
class Draft:
    """A first mapping and, of amounts, control of a feed, and how many of its lines are to be checked.

    `to_fill_in` are columns without which the feed gives nothing.
    """

    feed: str
    sql: str
    control: str | None
    doubts: int
    to_fill_in: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    """One column of a mapping: its SQL, and what is to be checked of it."""

    sql: str
    given_as: str
    doubts: Sequence[str] = ()

    @property
    def text(self) -> list[str]:
        return [*(f"-- check: {doubt}" for doubt in self.doubts), f"{self.sql} as {self.given_as},"]


def draft(profile: Profile, fit: Fit, currency: str, zone: str, portfolio: str = "DIR") -> Draft:
    """A first mapping of a feed from a file, with a control of amounts. `zone` is that of times without one."""
    mapped = {
        wanted.name: line for wanted in fit.feed.columns for line in _mapped(profile, fit, wanted, currency, zone)
    }
    to_fill_in = tuple(line.given_as for line in mapped.values() if line.sql == "null")
    excluded = [*_excluded_of_file(profile)]
    inner = [*mapped.values()]
    if excluded:
        inner.append(_excluding(excluded))
    outer = [*_computed(profile, fit, mapped, is_partly_excluded=bool(excluded))]
    lines = [text for line in inner for text in line.text] + ["_file,", "_record"]
    if outer:
        computed = {line.given_as for line in outer}
        kept = [f"{line.given_as}," for line in inner if line.given_as not in computed]
        last = [*kept, *(text for line in outer for text in line.text), "_file,", "_record"]
        select = _select("with named as (\n    select", lines, 8, f"    from {profile.source}\n)\n")
        select += _select("select", last, 4, "from named\n")
    else:
        select = _select("select", lines, 4, f"from {profile.source}\n")
    return Draft(
        fit.feed.name,
        _about(profile, fit, portfolio, select) + select,
        _control(profile, fit),
        sum(len(line.doubts) for line in (*inner, *outer)),
        to_fill_in,
    )


def _select(head: str, lines: Sequence[str], indent: int, source: str) -> str:
    return head + "\n" + "".join(f"{' ' * indent}{line}\n" for line in lines) + source


def _mapped(profile: Profile, fit: Fit, wanted: FeedColumn, currency: str, zone: str) -> Iterator[_Line]:
    """How a column of the feed is made from the file's, if it is."""
    column = fit.column(wanted.name) or fit.found.get(words()["derived"].get(wanted.name, ""))
    own = identity(profile, fit) if is_id(fit.feed, wanted) else None
    if own is not None and (own.why or own.is_record):
        more = "; numbers of records change if rows are sorted or removed" if own.is_record else ""
        yield _Line(own.sql, wanted.given_as, [own.why + more])
    elif column is not None:
        sql, doubts = value_of(wanted, column, zone)
        elsewhere = identity_elsewhere(profile, fit, wanted)
        if elsewhere is not None:
            sql, doubts = elsewhere.sql, ["as the drafts of what it refers to"]
        elif wanted.name in fit.guessed:
            doubts = [_guess(fit, wanted, column), *doubts]
        yield _Line(sql, wanted.given_as, doubts)
    elif wanted.name not in (words()["counted"].get(fit.feed.name), _not_nested(fit)):
        yield from _not_in_file(profile, fit, wanted, currency)


def _guess(fit: Fit, wanted: FeedColumn, column: Column) -> str:
    if wanted.name in fit.by_values:
        return "taken by its values"
    if wanted.type in ("date", "timestamp") and not is_part(fit.feed, wanted, column):
        return "the only day or time there is"
    alike = [" ".join(other.name.split()) for other in fit.alike.get(wanted.name, ())[:MOST_ALIKE]]
    return "taken by a part of its name" + (f"; so might be {', '.join(alike)}" if alike else "")


def _not_in_file(profile: Profile, fit: Fit, wanted: FeedColumn, currency: str) -> Iterator[_Line]:
    """A constant, or null to fill in, for a column that the file doesn't have and the feed needs."""
    given_by = (words()[kind].get(fit.feed.name, {}) for kind in ("constants", "guesses"))
    constants: dict[str, str] = {name: sql for given in given_by for name, sql in given.items()}
    amount = next((c for w in fit.feed.columns if w.unit in MONEY and (c := fit.column(w.name))), None)
    signed = currency_of(amount, currency) if amount else None
    constants["currency"] = signed or literal(currency)
    if score := fit.column("score"):
        constants |= _scale(score)
    is_needed = wanted.name in words()["needed"].get(fit.feed.name, [])
    if not wanted.must_have_value and not is_needed and wanted.name not in constants:
        return
    said = wanted.description
    said = said if said[:2].isupper() else said[0].lower() + said[1:]  # "ISO 4217 code" stays
    said += f"; one of {', '.join(wanted.values)}" if wanted.values else ""
    sql = constants.get(wanted.name, "null")
    doubts = [f"the file has no column for it: {said}"]
    if sql == "null":
        lost = "nothing is measured" if is_needed else "its rows are rejected"
        doubts = [f"fill it in, or {lost}: {said}"]
    elif wanted.name == "currency" and signed:
        doubts = [f"by the sign of its amounts: {said}"]
    doubts += [
        f"{' '.join(column.name.split())} may be it, but {_why_not(column)}"
        for column, other in unsuited(profile, fit)
        if other is wanted
    ]
    yield _Line(sql, wanted.given_as, doubts)


def _why_not(column: Column) -> str:
    """Why a column with the name of one of the feed's isn't used."""
    if column.both_orders:
        return "some of its days have the day first, others the month"
    return f"its values are not all such, as {' '.join(column.top[0].split())[:40]}"


def _scale(score: Column) -> dict[str, str]:
    """SQL of a survey's kind and of the ends of its scale, by the scores that were given."""
    if score.least is None or score.most is None:
        return {}
    for kind, (least, most) in words()["scales"].items():
        if least <= score.least and score.most <= most:
            return {"survey_type": literal(kind), "scale_min": f"{least}", "scale_max": f"{most}"}
    return {"survey_type": "null", "scale_min": f"{score.least}", "scale_max": f"{score.most}"}


def _excluded_of_file(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """What a draft leaves out because of the file's own columns: condition, reason, and what to check of it."""
    if profile.header_lines:
        yield f"_record <= {profile.header_lines}", "header", "the lines below the names are no records"
    total = next((identifier(column.name) for column in profile.columns if column.has_total), None)
    if total:
        yield f"regexp_matches(lower({total}), '{TOTAL}')", "a total", "totals are left out"


def _excluding(excluded: Sequence[tuple[str, str, str]], *, and_before: bool = False) -> _Line:
    """The column of the reasons why rows are left out, by condition, reason, and what to check of it."""
    sql = f"case {' '.join(f'when {condition} then {literal(reason)}' for condition, reason, _ in excluded)} end"
    return _Line(f"coalesce(_excluded, {sql})" if and_before else sql, "_excluded", [doubt for *_, doubt in excluded])


def _computed(profile: Profile, fit: Fit, mapped: dict[str, _Line], *, is_partly_excluded: bool) -> Iterator[_Line]:
    """Columns that are made from several of the mapped ones, by their names, and what is excluded because of them."""
    ids = [key.given_as for key in fit.feed.keys]
    given = " and ".join(f"{name} is not null" for name in ids)
    partition = ", ".join([*ids, *(["_excluded"] if is_partly_excluded else [])])
    excluded: list[tuple[str, str, str]] = []
    counted = words()["counted"].get(fit.feed.name)
    if counted and counted not in mapped:
        yield _Line(
            f"count(*) over (partition by {partition})",
            next(wanted.given_as for wanted in fit.feed.columns if wanted.name == counted),
            ["each record is one; the first of a key counts all of them"],
        )
        place = f"row_number() over (partition by {partition} order by _file, _record)"
        about = "the others of a key are counted with the first"
        excluded.append((f"{given} and {place} > 1", "counted with another", about))
    if is_repeated(profile, fit):
        place = f"row_number() over (partition by {partition} order by _file desc, _record desc)"
        about = "several records are of one; the last is taken, and window functions read the others"
        excluded.append((f"{given} and {place} > 1", "not its last record", about))
    for reason, names in words()["says_nothing"].get(fit.feed.name, {}).items():
        there = [column for name in names if (column := fit.column(name))]
        if there and all(column.nulls for column in there):
            # one that is still to be filled in counts once it is
            needed = words()["needed"].get(fit.feed.name, [])
            empty = " and ".join(f"{name} is null" for name in names if fit.column(name) or name in needed)
            excluded.append((empty, reason, f"rows that are {reason} are left out"))
    if whole := _not_nested(fit):
        part = words()["nested"][fit.feed.name][1]
        parents = f"select {part} from named where {part} is not null"
        about = "only what is the parent of nothing is counted, as a parent and its parts must not both be"
        yield _Line(f"{ids[0]} not in ({parents})", whole, [about])
    if excluded:
        yield _excluding(excluded, and_before=is_partly_excluded)


def _not_nested(fit: Fit) -> str | None:
    """The column that may not be true of a member and of its parent, where the file has parents but not the column."""
    whole, part = words()["nested"].get(fit.feed.name, ("", ""))
    return whole if fit.column(part) and not fit.column(whole) else None


def is_repeated(profile: Profile, fit: Fit) -> bool:
    """Whether several records are of one member of the feed, by its id."""
    column = fit.column(fit.feed.keys[0].name) if len(fit.feed.keys) == 1 else None
    own = identity(profile, fit)
    if column is None or (own is not None and own.is_record):
        return False
    return column.is_shared or not (column.is_unique or (own is not None and own.why))


def _control(profile: Profile, fit: Fit) -> str | None:
    """Control totals of amounts, straight from the file; that each record is accounted for is checked anyway."""
    amount = fit.found.get("amount")
    if amount is None:
        return None
    wanted = next(wanted for wanted in fit.feed.columns if wanted.name == "amount")
    left_out = [f"({condition}) is not true" for condition, *_ in _excluded_of_file(profile)]
    where = f" where {' and '.join(left_out)}" if left_out else ""
    qualify = ""
    if is_repeated(profile, fit) and (own := identity(profile, fit)):
        place = f"row_number() over (partition by {own.sql} order by _file desc, _record desc)"
        qualify = f" qualify {own.sql} is null or {place} = 1"
    kept = f"(select * from {profile.source}{where}{qualify})" if where or qualify else profile.source
    return (
        f"select 'count(*)' as measure, count(*) as expected\nfrom {kept}\nunion all\n"
        f"select 'sum(amount)', sum(try_cast({number(wanted, amount)} as decimal(38, 10)))\nfrom {kept}\n"
    )


def _about(profile: Profile, fit: Fit, portfolio: str, select: str) -> str:
    """Comments on where a draft is from, what to do with it, and what it leaves out on both sides."""
    odd = {column.name: _why_not(column) for column, _ in unsuited(profile, fit)}
    unused = [
        " ".join(column.name.split()) + (f" ({odd[column.name]})" if column.name in odd else "")
        for column in profile.columns
        if identifier(column.name) not in select
    ]
    more = [wanted.given_as for wanted in fit.feed.columns if f" as {wanted.given_as}," not in select]
    lines = [
        f"Drafted from {profile.shown}: check each line marked so, then "
        f"`outcomes feed {fit.feed.name} --portfolio {portfolio}`.",
        f"What each column of the feed is: `outcomes feed {fit.feed.name} --columns`.",
        *([f"not used: {', '.join(unused)}"] if unused else []),
        *([f"the feed also has: {', '.join(more)}"] if more else []),
        *([advice] if (advice := lists_advice(profile)) else []),
    ]
    return "".join(f"-- {line}\n" for line in lines)


def lists_advice(profile: Profile) -> str:
    """What to declare of columns that have the same name."""
    if not profile.repeated:
        return ""
    said = " and ".join(f"{name} occurs {times} times" for name, times in profile.repeated)
    names = ", ".join(literal(name) if not name.isidentifier() else name for name, _ in profile.repeated)
    return f"{said}: `lists: [{names}]` under `files` in portfolio.yml makes one list of each (docs/portfolio.md)"
