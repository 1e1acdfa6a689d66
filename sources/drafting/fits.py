"""Which feeds a file may give, and which of its columns each of a feed's is: by names, parts of names and values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sources.common.sql import identifier
from sources.contracts import Column as FeedColumn
from sources.contracts import Feed, load_contracts
from sources.drafting.profiles import Column, Profile
from sources.drafting.ready import known_export
from sources.drafting.words import names_of, plain, words, words_of

IDS = frozenset({"id", "key", "number", "no", "nr", "code", "ref", "reference"})  # words in the names of ids
LEAST_WORD = 5  # letters of a single word that tells a column within a longer name
NEARLY = 0.9  # share of own values with which a column names things, one in each row
TEXTS, NUMBERS, DATES = ("text",), ("integer", "decimal"), ("date", "timestamp")
MONEY = ("currency", "currency/hour")  # units of the contracts' amounts


@dataclass(frozen=True)
class Fit:
    """A feed that a file may give: which of its columns are found in the file, and how well it fits (0 to 2).

    `guessed` are found by a part of their names, `alike` are further columns that have it, too; `by_values` are those
    whose values are the contract's.
    """

    feed: Feed
    found: dict[str, Column]
    score: float
    guessed: dict[str, Column] = field(default_factory=dict[str, Column])
    alike: dict[str, tuple[Column, ...]] = field(default_factory=dict[str, tuple[Column, ...]])
    by_values: frozenset[str] = frozenset()

    @property
    def columns(self) -> int:
        """How many of the feed's columns are found or guessed."""
        return len(self.found) + len(self.guessed)

    def column(self, name: str) -> Column | None:
        """The file's column that one of the feed's is, if there is any."""
        return self.found.get(name) or self.guessed.get(name)


@dataclass(frozen=True)
class Identity:
    """What identifies the members of a feed in a file: its SQL, and why the file's own column alone is not it.

    `is_record`: it is the number of the record.
    """

    sql: str
    why: str = ""
    is_record: bool = False


def suits(wanted: FeedColumn, column: Column) -> bool:
    """Whether the values of a file's column may be those of a feed's."""
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
    """The feeds that a file may give, best first: those of which at least two columns are found, required ones most.

    Of an export that is known, those that it gives come first: a repeated row makes its key look like none.
    """
    known = known_export(profile)
    given = known.feeds if known else frozenset[str]()
    found = [fit_of(profile, feed) for feed in load_contracts().values()]
    fitting = [fit for fit in found if len(fit.found) >= 2 and any(c.must_have_value for c in _columns_found(fit))]
    return sorted(fitting, key=lambda fit: (fit.feed.name not in given, -fit.score))


def _columns_found(fit: Fit) -> list[FeedColumn]:
    return [column for column in fit.feed.columns if column.name in fit.found]


def fit_of(profile: Profile, feed: Feed) -> Fit:
    """The columns of a file that a feed's have by their names, as far as there are any."""
    left = {plain(column.name): column for column in profile.columns if column.nulls < column.rows}
    pairs: dict[str, Column] = {}
    for wanted in feed.columns:
        may_be = (n for n in names_of(feed, wanted) if n in left and _may_be(feed, wanted, left[n]))
        name = next(may_be, None)
        if name is not None:
            pairs[wanted.name] = left.pop(name)
    required = [c.name for c in feed.columns if c.must_have_value]
    have = [name for name in required if name in pairs or name in words()["constants"].get(feed.name, {})]
    score = len(have) / len(required) + len(pairs) / max(len(profile.columns), 1)
    keys = [pairs[column.name] for column in feed.keys if column.name in pairs]
    # its rows are no members of the feed, such as items of statuses
    if len(keys) == 1 and not keys[0].is_unique and not (feed.name in words()["within"] and _outers(profile, keys[0])):
        score -= 1
    return _with_guesses(profile, Fit(feed, pairs, round(score, 3)), list(left.values()))


def _may_be(feed: Feed, wanted: FeedColumn, column: Column) -> bool:
    """Whether a column suits, and its name doesn't say that it is something else: a cost is no benefit."""
    return suits(wanted, column) and not (wanted.unit in MONEY and _subject(feed, column) < 0)


def _subject(feed: Feed, column: Column) -> int:
    """Whether a column's name says that it is of what a feed's amounts are (1), of something else (-1), or neither."""
    own = words()["subjects"].get(feed.name)
    if own is None:
        return 0
    said = words_of(column.name)
    others = {word for subject in words()["subjects"].values() for word in subject if word not in own}
    return bool(said & set(own)) - bool(said & others)


def is_part(feed: Feed, wanted: FeedColumn, column: Column) -> bool:
    """Whether a file's column has one of the names of a feed's within its own, or what the feed's amounts are of."""
    return _has_name(feed, wanted, column) or (wanted.name == "amount" and _subject(feed, column) > 0)


def _has_name(feed: Feed, wanted: FeedColumn, column: Column) -> bool:
    names = [name for name in names_of(feed, wanted) if "_" in name or len(name) >= LEAST_WORD]
    return any(f"_{name}_" in f"_{plain(column.name)}_" for name in names)


def _id_among(columns: Iterable[Column]) -> Column | None:
    """The first column whose values and name are those of ids."""
    return next((c for c in columns if c.is_key and IDS & words_of(c.name)), None)


def is_id(feed: Feed, wanted: FeedColumn) -> bool:
    """Whether a column identifies the members of a feed: `response_id` in `survey_responses`."""
    stem = wanted.name.removesuffix("_id")
    return wanted.key and feed.name.endswith((f"{stem}s", f"{stem.removesuffix('y')}ies"))


def _with_guesses(profile: Profile, fit: Fit, left: list[Column]) -> Fit:
    """The fit with columns that a part of a name points to: `Project - Start Date (latest)` to a start date.

    A key may be any column of ids; a name may be that of the key, if the file has no other; a column of known values
    may be told by them; a day or moment that must be there may be the only one that the file has.
    """
    feed, found = fit.feed, fit.found
    guessed: dict[str, Column] = {}
    alike: dict[str, tuple[Column, ...]] = {}
    by_values: set[str] = set()
    for wanted in feed.columns:
        if wanted.name in found:
            continue
        fitting = [c for c in left if is_part(feed, wanted, c) and _may_be(feed, wanted, c)]
        if wanted.unit in MONEY:
            fitting.sort(key=lambda c: (-_subject(feed, c), not _has_name(feed, wanted, c)))
        column = _id_among(left) if is_id(feed, wanted) else next(iter(fitting), None)
        if column is None and wanted.name == "name" and wanted.must_have_value:
            column = next((c for c in profile.columns if plain(c.name) in names_of(feed, wanted)), None)
        if column is None and wanted.name in words()["by_values"]:
            column = next((c for c in left if _has_values(wanted, c)), None)
            by_values |= {wanted.name} if column else set()
        if column is not None:
            guessed[wanted.name] = column
            if not is_id(feed, wanted):
                alike[wanted.name] = tuple(c for c in fitting if c is not column)
            left = [c for c in left if c is not column]
    missing = (c for c in feed.columns if c.type in DATES and c.must_have_value and c.name not in {**found, **guessed})
    moments = [column for column in left if column.kind in DATES or column.epoch]
    if len(moments) == 1 and not words_of(moments[0].name) & set(words()["days_of_something"]):
        guessed |= {wanted.name: moments[0] for wanted in [*missing][:1]}
    return Fit(feed, found, fit.score, guessed, alike, frozenset(by_values))


def meanings(wanted: FeedColumn) -> dict[str, str]:
    """What a value of a column with known values may be called, as `plain` gives it, with the value."""
    said = {plain(value): value for value in wanted.values}
    return said | {word: value for word, value in words()["meanings"].items() if value in wanted.values}


def _has_values(wanted: FeedColumn, column: Column) -> bool:
    """Whether most of a column's frequent values are a feed's, and not all the same."""
    means = meanings(wanted)
    meant = [means[plain(value)] for value in column.top if plain(value) in means]
    return len(set(meant)) > 1 and len(meant) > len(column.top) / 2


def _outers(profile: Profile, column: Column) -> list[str]:
    return [outer for inner, outer in profile.within if inner == column.name]


def identity(profile: Profile, fit: Fit) -> Identity | None:
    """What identifies the members of the fit's feed; None if it isn't one of members, or no column does."""
    key = next((wanted for wanted in fit.feed.keys if is_id(fit.feed, wanted)), None)
    if key is None:
        return None
    column = fit.column(key.name)
    if column is None:
        return Identity(profile.record, "no column is unique", is_record=True)
    name = identifier(column.name)
    if column.is_unique or fit.feed.name not in words()["within"]:
        return Identity(name)
    for outer in _outers(profile, column):
        return Identity(f"{identifier(outer)} || ': ' || {name}", f"unique only within {outer}")
    return Identity(profile.record, f"{column.name} is not unique", is_record=True)


def identity_elsewhere(profile: Profile, fit: Fit, wanted: FeedColumn) -> Identity | None:
    """What identifies in this file the members of another feed to which a column refers, if it is another column.

    So drafts of one file call the same thing the same: a project by its number, not by its name.
    """
    column = fit.column(wanted.name)
    owner = next(
        (feed for feed in load_contracts().values() if feed is not fit.feed and _is_key_of(feed, wanted)), None
    )
    if column is None or owner is None:
        return None
    its = fit_of(profile, owner)
    key, name = its.column(wanted.name), its.column("name")
    if key is None:
        return None
    # each row is one of what it refers to
    is_named = (
        name is not None and name.name == column.name and column.distinct >= NEARLY * (column.rows - column.nulls)
    )
    if key.name == column.name or is_named or column.is_key:
        found = identity(profile, its)
        return found if found and found.sql != identifier(column.name) else None
    return None


def _is_key_of(feed: Feed, wanted: FeedColumn) -> bool:
    return len(feed.keys) == 1 and feed.keys[0].name == wanted.name and is_id(feed, feed.keys[0])


def unsuited(profile: Profile, fit: Fit) -> Iterator[tuple[Column, FeedColumn]]:
    """Columns with the name of one of the feed's that lacks it, and whose values are none for it."""
    used = {column.name for column in (*fit.found.values(), *fit.guessed.values())}
    for column in profile.columns:
        if column.name in used or column.nulls == column.rows:
            continue
        for wanted in fit.feed.columns:
            is_named = plain(column.name) in names_of(fit.feed, wanted) or is_part(fit.feed, wanted, column)
            if fit.column(wanted.name) is None and is_named and not suits(wanted, column):
                yield column, wanted
                break
