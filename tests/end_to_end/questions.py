"""The questions of docs/questions.md: each with its query, and the answer that stands below it.

`python -m tests.end_to_end.questions --write` generates examples/acme, refreshes it and writes the answers from scratch.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.end_to_end.harness import ROOT, generate_acme, outcomes, served

DOCUMENT = ROOT / "docs" / "questions.md"
QUESTION = re.compile(
    r"^### (?P<number>\d+)\. (?P<title>[^\n]+)\n(?P<words>(?:(?!^#|^```)[^\n]*\n)*)"
    r"^```sql\n(?P<sql>(?:(?!^```)[^\n]*\n)*)^```\n\n(?P<answer>(?:^\|[^\n]*\n)*)",
    re.MULTILINE,
)

Answer = tuple[list[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Question:
    """A question as it stands in the document, its answer a markdown table."""

    number: int
    title: str
    role: str
    sql: str
    answer: str


def questions(text: str) -> list[Question]:
    """All questions of a document in their order; a question's role is the heading above it."""
    return [
        Question(
            number=int(found["number"]),
            title=found["title"],
            role=re.findall(r"^## (.+)$", text[: found.start()], re.MULTILINE)[-1],
            sql=found["sql"],
            answer=found["answer"],
        )
        for found in QUESTION.finditer(text)
    ]


def ask(database: Path, sql: str) -> Answer:
    """Column names and rows of a query on a DuckDB file, opened as readers open it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute(sql)
        return [column[0] for column in found.description or []], found.fetchall()


def cell(value: Any) -> str:
    """A value as readers see it: nothing measured is a dash, never 0; money and counts in groups of three."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:,}"
        case _:
            return str(value).replace("|", "\\|")


def table(answer: Answer) -> str:
    """An answer as a markdown table, numbers to the right."""
    names, rows = answer
    numbers = [
        any(isinstance(row[at], int | float | Decimal) and not isinstance(row[at], bool) for row in rows)
        for at in range(len(names))
    ]
    lines: list[Sequence[str]] = [
        names,
        ["--:" if number else "---" for number in numbers],
        *([cell(value) for value in row] for row in rows),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def answered(text: str, answers: Callable[[str], Answer]) -> str:
    """The document with each answer replaced by what its query answers."""
    return QUESTION.sub(
        lambda found: found[0][: found.start("answer") - found.start()] + table(answers(found["sql"])), text
    )


def write() -> None:
    """Generate and refresh Acme, and write the answers that it gives into the document."""
    homes = ROOT / ".outcomes"
    said = outcomes("refresh", home=homes, portfolio=generate_acme(ROOT / "examples" / "acme"))
    if said.exit_code != 0:
        sys.exit(f"Acme was not refreshed:\n{said.err}")
    database = served(homes / "acme")
    before = DOCUMENT.read_text()
    after = answered(before, lambda sql: ask(database, sql))
    DOCUMENT.write_text(after)
    changed = [old.number for old, new in zip(questions(before), questions(after), strict=True) if old != new]
    print(f"{DOCUMENT.relative_to(ROOT)}: {len(changed)} answers changed {changed or ''}")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.end_to_end.questions --write")
    write()
