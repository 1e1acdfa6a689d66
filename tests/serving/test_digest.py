"""The digest's own parts: escaping, ages, lists. That its figures are the published ones: tests/end_to_end."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from markdown_it import MarkdownIt

from serving import digest
from serving.dashboard.declared import Column
from serving.digest import Writer, escaped

WRITER = Writer("EUR", "en", "d MMM y")


@pytest.mark.parametrize(
    "text",
    [
        "A_b with *stars*, _lines_ and `code`",
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "# no heading",
        "- no list",
        "1 < 2 > 0 | x",
        r"a \ b",
        "1. no list",
        "Q&A &amp;",
    ],
)
def test_a_name_is_text_whatever_it_holds(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": False}).render(escaped(text))

    assert html == f"<p>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>\n"


def test_a_figure_with_its_period_is_written_as_it_is() -> None:
    """A chat shows the text, not what Markdown makes of it."""
    text = "Cost: €1,104,471 (Jul 2025 – Jun 2026) · year before: €1,428,013, of 2025. All time"

    assert escaped(text) == text


def test_a_name_of_many_lines_is_one_line() -> None:
    assert "\n" not in escaped("a\n\n# b")


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        (1234.6, Column(unit="money"), "€1,235"),
        (0.355, Column(unit="share"), "35.5%"),
        (date(2026, 6, 30), Column(unit="day"), "30 Jun 2026"),
        ("no_effect", Column(unit="code"), "no effect"),
        ("a_name", Column(unit="name"), "a_name"),
        (None, Column(unit="money", none="not measured"), "not measured"),
    ],
)
def test_a_value_is_written_as_on_the_page(value: object, column: Column, shown: str) -> None:
    assert WRITER.value(value, column) == shown


def test_the_oldest_source_comes_first_with_its_age() -> None:
    loads: list[dict[str, Any]] = [
        {"source": "tracker", "feed": "a", "load_id": "2", "observed_at": "2026-06-29T23:59:00+00:00"},
        {"source": "finance", "feed": "b", "load_id": "1", "observed_at": "2026-06-01T08:00:00+00:00"},
        {"source": "_schema", "feed": "c", "load_id": "0", "observed_at": "2026-06-29T00:00:00+00:00"},
    ]

    assert digest._ages({"loads": loads}, datetime(2026, 6, 30, 12, tzinfo=UTC), WRITER) == [
        "finance: 1 Jun 2026, 29 days before these figures",
        "tracker: 29 Jun 2026",
    ]
