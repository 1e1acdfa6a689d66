"""docs/metrics.md has a row for every governed metric, as its definition has it now."""

from tests.dagster_project.metrics_page import DOCUMENT, page


def test_the_tables_are_those_of_the_definitions() -> None:
    text = DOCUMENT.read_text()

    assert text == page(text), "python -m tests.dagster_project.metrics_page --write"
