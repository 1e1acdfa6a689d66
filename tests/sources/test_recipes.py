"""The recipes of docs/feeds.md do what it says."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

DOCS = Path(__file__).parents[2] / "docs" / "feeds.md"
RECIPES = re.findall(
    r"^\*\*(.+?)\*\*.*?```sql\n(.+?)```",
    DOCS.read_text(encoding="utf-8").partition("## Recipes for mappings")[2].partition("\n## ")[0],
    re.DOTALL | re.MULTILINE,
)
FILES = """
    create schema raw;
    create table raw.projects_2024 as select 'P1' as "ID", 'Amber' as "IPA Delivery Assessment", 'a' as _file, 1 as _record;
    create table raw.projects_2025 as
        select 'P1' as "ID", 'Red' as "NISTA Delivery Assessment", '1,234.5' as "Cost (£m)", 'b' as _file, 1 as _record
        union all select 'P2', 'Green', 'Exempt', 'b', 2;
    create table raw.answers as
        select 'R1' as "ID", '2026-01-05 10:27:23 MST' as "Recorded", 'Preview' as "Status", '9' as "Q1", '4' as "Q2",
            'c' as _file, 1 as _record
        union all select 'R2', '2026-07-05 10:27:23 MDT', 'Answer', '8', null, 'c', 2;
"""
FOUND = {
    "Editions of a file": [
        ("P1", date(2024, 3, 31), "amber", "a", 1),
        ("P1", date(2025, 3, 31), "red", "b", 1),
        ("P2", date(2025, 3, 31), "green", "b", 2),
    ],
    "Values in millions": [("P1", 1234500000, None, "b", 1), ("P2", None, "exempt", "b", 2)],
    "Words for zones": [("2026-01-05 10:27:23-07:00", "c", 1), ("2026-07-05 10:27:23-06:00", "c", 2)],
    "A record that gives several rows": [
        ("R1", "recommend", "9", "preview", "c", 1),
        ("R1", "satisfied", "4", "preview", "c", 1),
        ("R2", "recommend", "8", None, "c", 2),
        ("R2", "satisfied", None, "not answered", "c", 2),
    ],
}  # fmt: skip


def test_each_recipe_is_tested() -> None:
    assert [name for name, _ in RECIPES] == list(FOUND)


@pytest.mark.parametrize(("name", "sql"), RECIPES)
def test_a_recipe_gives_the_rows_that_it_promises(name: str, sql: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(FILES)
        assert connection.execute(f"from ({sql}) order by all").fetchall() == FOUND[name]
