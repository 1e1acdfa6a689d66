"""The list of forgotten people, which landing applies to each load, and the traces of a person in a table.

The list, `<home>/forgotten.json` (0600), has no ids or pseudonyms, only a keyed HMAC of each: enough to recognise
a person in a file, not enough to identify them. It also has the replacements.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from sources.common.disk import refuse_readable, write_private
from sources.common.sql import identifier, literal
from sources.contracts import Feed, load_contracts
from sources.errors import LandingError
from sources.pseudonyms import DIGITS, hmac_sql, key_print

LIST = "forgotten.json"
LEAST_LETTERS = 3  # characters of an id that is searched for in texts: a shorter one would be found everywhere
PURPOSE = "forgotten:"  # makes these HMACs differ from pseudonyms
NOT_A_WORD = r"[^\pL\pN_]"
BEFORE = rf"(^|{NOT_A_WORD}|\\[bfnrt])"  # in JSON text a line break is a letter: ann is a whole word in "to\nann"
AFTER = rf"($|{NOT_A_WORD})"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Id(_Strict):
    """A pseudonym by its HMAC, and its replacement pseudonyms by name: each is 32 random hex digits."""

    digest: str
    replacements: dict[str, str]


class Word(_Strict):
    """An id, e-mail or name as spelled in texts, by its HMAC and length; `label` replaces it."""

    digest: str
    length: int
    any_case: bool
    label: str


class Person(_Strict):
    """One forgotten person."""

    forgotten_at: datetime
    ids: tuple[Id, ...]
    words: tuple[Word, ...]


class _List(_Strict):
    key: str
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Said:
    """A text that names a person, and its replacement."""

    text: str
    label: str

    @property
    def any_case(self) -> bool:
        """Whether case is ignored: it is in an e-mail or a name of several words."""
        return any_case(self.text)


@dataclass(frozen=True)
class Traces:
    """A person's traces in tables: pseudonyms, each with its replacements by name, and texts."""

    ids: dict[str, dict[str, str]]
    words: tuple[Said, ...]

    def __bool__(self) -> bool:
        return bool(self.ids or self.words)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [
            (re.compile(rf"(?<!\w){re.escape(form)}(?!\w)", re.IGNORECASE if word.any_case else 0), word.label)
            for word in self.words
            for form in sorted({word.text, in_json(word.text)})
        ]

    def cleaned(self, text: str) -> str:
        """A text without the person."""
        for pattern, label in self._patterns:
            text = pattern.sub(label, text)
        return text


def any_case(text: str) -> bool:
    """Whether a text is matched without regard to case: an e-mail, or a name of several words, but not an id."""
    return "@" in text or " " in text


def is_searched(text: str) -> bool:
    """Whether a text is searched for in other texts: a number, or one or two letters, would be found everywhere."""
    return len(text) >= LEAST_LETTERS and any(character.isalpha() for character in text)


def in_json(text: str) -> str:
    """A text as DuckDB writes it inside a JSON string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def pattern_of(word: Said, *, json: bool = False) -> str:
    """The regular expression (RE2) that finds a text as a whole word."""
    flags = "(?i)" if word.any_case else ""
    return f"{flags}{BEFORE}{re.escape(in_json(word.text) if json else word.text)}{AFTER}"


def names_sql(columns: Sequence[str], traces: Traces) -> str:
    """SQL that is true if any of these texts (SQL) names the person, by a word or by their pseudonym."""
    forms = {
        f"{'(?i:' if word.any_case else '(?:'}{re.escape(form)})"
        for word in traces.words
        for form in (word.text, in_json(word.text))
    }
    patterns = [f"{BEFORE}(?:{'|'.join(sorted(forms))}){AFTER}"] if forms else []
    patterns += list(traces.ids)
    if not columns or not patterns:
        return "false"
    value = columns[0] if len(columns) == 1 else f"concat_ws(chr(10), {', '.join(columns)})"
    return f"coalesce(regexp_matches({value}, {literal('|'.join(patterns))}), false)"


def _listed(home: Path) -> _List | None:
    path = home / LIST
    if not path.exists():
        return None
    refuse_readable(path)
    try:
        return _List.model_validate_json(path.read_text())
    except ValidationError as error:
        raise LandingError(
            "the list of forgotten people can't be read, and without it they would reappear.",
            str(path),
            "put it back from a backup; nothing lands until then.",
        ) from error


def read(home: Path) -> tuple[Person, ...]:
    """All forgotten people. Raises PermissionError if others can read the list, LandingError if it is damaged."""
    listed = _listed(home)
    return listed.people if listed else ()


def refuse_other_key(home: Path, key: bytes) -> None:
    """Raises LandingError if the list was made with another key: it would recognise nobody."""
    listed = _listed(home)
    if listed is not None and listed.people and listed.key != key_print(key):
        raise LandingError(
            f"it was made with another key, so {len(listed.people)} forgotten people would reappear.",
            str(home / LIST),
            "restore the old key; or make sure that no source names them, remove this file, and forget them again.",
        )


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, (PURPOSE + text).encode(), hashlib.sha256).hexdigest()[:DIGITS]


def pseudonym(key: bytes, text: str) -> str:
    """The pseudonym of an id, as landing writes it."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGITS]


def known(home: Path, key: bytes, subjects: Iterable[str]) -> Person | None:
    """The person in the list who has one of these ids."""
    ids = {_digest(key, pseudonym(key, subject)) for subject in subjects}
    return next((person for person in read(home) if ids & {one.digest for one in person.ids}), None)


def remember(home: Path, key: bytes, subjects: Sequence[str], now: datetime) -> Person:
    """Add a person to the list, or missing ids to their entry. It is on disk when this returns."""
    before = known(home, key, subjects)
    names = sorted({c.replacement for feed in load_contracts().values() for c in feed.columns if c.replacement})
    ids = {one.digest: one for one in (before.ids if before else ())}
    words = {(one.digest, one.length): one for one in (before.words if before else ())}
    for subject in subjects:
        digest = _digest(key, pseudonym(key, subject))
        replacements = ids[digest].replacements if digest in ids else {}
        missing = {name: secrets.token_hex(DIGITS // 2) for name in names if name not in replacements}
        ids[digest] = Id(digest=digest, replacements=replacements | missing)
        if is_searched(subject):
            digest = _digest(key, _folded(subject))
            words.setdefault(
                (digest, len(subject)),
                Word(
                    digest=digest,
                    length=len(subject),
                    any_case=any_case(subject),
                    label=f"forgotten-{secrets.token_hex(6)}",
                ),
            )
    person = Person(
        forgotten_at=before.forgotten_at if before else now, ids=tuple(ids.values()), words=tuple(words.values())
    )
    people = [one for one in read(home) if one != before]
    write_private(home / LIST, _List(key=key_print(key), people=(*people, person)).model_dump_json(indent=2) + "\n")
    return person


def _folded(text: str) -> str:
    return text.lower() if any_case(text) else text


def traces_of(person: Person, key: bytes, subjects: Iterable[str]) -> Traces:
    """The person's traces in tables that landed before they were forgotten."""
    replacements = {one.digest: one.replacements for one in person.ids}
    labels = {word.digest: word.label for word in person.words}
    subjects = list(subjects)
    return Traces(
        {p: replacements[_digest(key, p)] for p in (pseudonym(key, subject) for subject in subjects)},
        tuple(Said(s, labels[_digest(key, _folded(s))]) for s in subjects if is_searched(s)),
    )


def sought(key: bytes, subjects: Iterable[str]) -> Traces:
    """The traces of ids, for searching only, without replacements."""
    subjects = list(subjects)
    return Traces(
        {pseudonym(key, subject): {} for subject in subjects}, tuple(Said(s, "") for s in subjects if is_searched(s))
    )


def found_in(
    connection: duckdb.DuckDBPyConnection, people: Sequence[Person], feed: Feed | None, *relations: str
) -> Traces:
    """The traces of the people on the list in relations (SQL), found by HMAC. The connection must have the key.

    Pseudonyms are searched for in the feed's personal columns, texts in every text column.
    """
    ids = {one.digest: one.replacements for person in people for one in person.ids}
    personal = [c.name for c in feed.columns if c.personal == "id"] if feed else []
    gone: dict[str, dict[str, str]] = {}
    texts: list[str] = []
    for relation in relations:
        described = connection.execute(f"describe select * from {relation}").fetchall()
        for name in (identifier(name) for name, *_ in described if name in personal):
            rows = connection.execute(
                f"""
                with held as (select distinct {name} as value from {relation} where {name} is not null),
                hashed as (select value, {hmac_sql(f"({literal(PURPOSE)} || value)")} as digest from held)
                select value, digest from hashed where digest in (select unnest(?::varchar[]))
                """,
                [list(ids)],
            ).fetchall()
            gone |= {value: ids[digest] for value, digest in rows}
        in_words = (identifier(name) for name, kind, *_ in described if kind == "VARCHAR")
        texts += [f"select {name} as value from {relation}" for name in in_words]
    return Traces(gone, _words_in(connection, people, texts))


def _words_in(connection: duckdb.DuckDBPyConnection, people: Sequence[Person], texts: list[str]) -> tuple[Said, ...]:
    """Texts of the list in SELECTs of one column `value`: each piece of the right length between two word borders
    is hashed, so a text is found without knowing it."""
    words = [word for person in people for word in person.words]
    if not words or not texts:
        return ()
    labels = {word.digest: word.label for word in words}
    connection.execute(f"create or replace temp table said as {' union '.join(texts)}")
    found: dict[str, str] = {}
    for length, folds in sorted({(word.length, word.any_case) for word in words}):
        piece = "lower(piece)" if folds else "piece"
        rows = connection.execute(
            f"""
            with plain as (
                -- an escape of JSON is no letter of the word behind it
                select regexp_replace(replace(value, '\\"', '"'), '\\\\[bfnrt]', ' ', 'g') as value from said
                union select value from said where value is not null
            ),
            spots as (
                select value, unnest(range(1, length(value) - {length} + 2)) as spot
                from plain where length(value) >= {length}
            ),
            pieces as (
                select distinct substr(value, spot, {length}) as piece from spots
                where (spot = 1 or regexp_full_match(substr(value, spot - 1, 1), {literal(NOT_A_WORD)}))
                    and (spot + {length} > length(value)
                        or regexp_full_match(substr(value, spot + {length}, 1), {literal(NOT_A_WORD)}))
            ),
            hashed as (select piece, {hmac_sql(f"({literal(PURPOSE)} || {piece})")} as digest from pieces)
            select piece, digest from hashed where digest in (select unnest(?::varchar[]))
            """,
            [list(labels)],
        ).fetchall()
        found |= {piece: labels[digest] for piece, digest in rows}
    connection.execute("drop table said")
    return tuple(Said(text, label) for text, label in found.items())
