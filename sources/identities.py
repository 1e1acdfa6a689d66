"""One person, team or product under several ids: a map that a human writes, which landing applies.

The file has a header and the columns `kind` (person, team or product), `source`, `id` and `canonical_id`. In rows of
that source, the id gives way to the canonical one in every column of that kind, before ids of people become pseudonyms.
Nothing is merged that isn't in it.
"""

import csv
import io
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from sources.common.sql import identifier, literal
from sources.contracts import Column, Feed
from sources.errors import LandingError

KINDS = ("person", "team", "product")
TABLE = "identities"


class Identity(NamedTuple):
    """An id of a source, and the canonical id that replaces it."""

    kind: str
    source: str
    id: str
    canonical_id: str


def read(path: Path, sources: Collection[str]) -> tuple[Identity, ...]:
    """The identities in a file. Raises LandingError naming file, line and rule."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LandingError(
            f"it can't be read ({type(error).__name__}).", str(path), "write it as a CSV file in UTF-8."
        ) from error
    if not rows or tuple(name.strip() for name in rows[0]) != Identity._fields:
        raise LandingError(
            f"its first line is not {','.join(Identity._fields)}.", str(path), "give its columns these names."
        )
    found: dict[tuple[str, str, str], Identity] = {}
    for line, row in enumerate(rows[1:], 2):
        values = [value.strip() for value in row]
        if not any(values):
            continue
        what = _wrong(values, sources)
        if what is None:
            one = Identity(*values)
            before = found.setdefault(one[:3], one)
            # the message is kept, so it names nobody
            what = None if before == one else "its id has another canonical id in a line before"
        if what is not None:
            raise LandingError(f"line {line}: {what}.", str(path), "correct the line, or remove it.")
    return tuple(found.values())


def _wrong(values: list[str], sources: Collection[str]) -> str | None:
    if len(values) != len(Identity._fields) or not all(values):
        return f"it doesn't have {len(Identity._fields)} values"
    if values[0] not in KINDS:
        return f"the kind {values[0]} is not one of {', '.join(KINDS)}"
    return None if values[1] in sources else f"there is no source {values[1]}"


def kind_of(column: Column) -> str | None:
    """What a column of a feed identifies; None for any other column."""
    if column.personal == "id":
        return "person"
    stem = column.name.removeprefix("parent_").removesuffix("_id")
    return stem if stem in ("team", "product") and column.name.endswith("_id") else None


def table_sql(identities: Iterable[Identity]) -> str:
    """SQL of the rows of TABLE: kind, id, canonical_id."""
    rows = ", ".join(f"({', '.join(map(literal, (one.kind, one.id, one.canonical_id)))})" for one in identities)
    return f"from (values {rows}) as given(kind, id, canonical_id)"


def replacing(feed: Feed, identities: Collection[Identity]) -> dict[str, str]:
    """SQL of the columns of a feed that hold ids of the identities' kinds, with the canonical ids."""
    kinds = {one.kind for one in identities}
    found: dict[str, str] = {}
    for column in feed.columns:
        if (kind := kind_of(column)) in kinds:
            name = identifier(column.name)
            canonical = (
                f"coalesce((select canonical_id from {TABLE} where {TABLE}.kind = {literal(kind)} "
                f"and {TABLE}.id = as_read.{name}), {name})"
            )
            is_id = column.personal_when
            found[column.name] = f"case when {is_id} then {canonical} else {name} end" if is_id else canonical
    return found


def linked(identities: Iterable[Identity], ids: Collection[str]) -> set[str]:
    """The ids given, and the other ids of the same people."""
    people = [one for one in identities if one.kind == "person"]
    canonical = {one.canonical_id for one in people if one.id in ids} | set(ids)
    return canonical | {one.id for one in people if one.canonical_id in canonical}
