"""docs/questions.md answers thirty questions, and its answers are what the warehouse says of the generated company."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlglot
from sqlglot import expressions as sql

from tests.end_to_end.conftest import Refreshed
from tests.end_to_end.harness import served
from tests.end_to_end.questions import DOCUMENT, Answer, Question, answered, ask, questions, table

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("acme")]

TEXT = DOCUMENT.read_text()
QUESTIONS = questions(TEXT)
PUBLISHED = {"core", "outcomes", "metrics", "audit"}

each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.number:02}")


def tables(question: Question) -> list[sql.Table]:
    """Tables that a question's query reads, CTEs left out."""
    tree = sqlglot.parse_one(question.sql, dialect="duckdb")
    named = {cte.alias for cte in tree.find_all(sql.CTE)}
    return [table for table in tree.find_all(sql.Table) if table.db or table.name not in named]


def test_there_are_thirty_and_every_heading_is_one_of_them() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 31))
    assert len(re.findall(r"^### ", TEXT, re.MULTILINE)) == 30


def test_four_roles_ask_at_least_seven_each() -> None:
    roles = [question.role for question in QUESTIONS]
    assert [(role, roles.count(role) >= 7) for role in dict.fromkeys(roles)] == [
        ("An executive asks", True),
        ("A product lead asks", True),
        ("A finance partner asks", True),
        ("An analyst asks", True),
    ]


def test_it_says_that_the_company_is_generated() -> None:
    assert "generated" in TEXT.partition("## ")[0]


@each_question
def test_a_query_is_one_select_on_published_tables(question: Question) -> None:
    [tree] = sqlglot.parse(question.sql, dialect="duckdb")
    assert isinstance(tree, sql.Select)
    assert {table.db for table in tables(question)} <= PUBLISHED


@each_question
def test_a_query_on_outcomes_reads_one_table_once(question: Question) -> None:
    """A mart answers its question without a join."""
    read = tables(question)
    assert len(read) == 1 or all(table.db != "outcomes" for table in read)


@each_question
def test_an_answer_is_what_the_warehouse_says(acme: Refreshed, question: Question) -> None:
    assert table(ask(served(acme.home), question.sql)) == question.answer


@each_question
def test_an_answer_is_short_and_not_empty(question: Question) -> None:
    assert 1 <= len(question.answer.splitlines()) - 2 <= 8


def test_answers_written_anew_change_nothing_else() -> None:
    def other(_: str) -> Answer:
        return ["answer"], [(None,), (True,), (Decimal("1234.50"),)]

    once = answered(TEXT, other)
    answer = "| answer |\n| --: |\n| – |\n| yes |\n| 1,234.50 |\n"
    assert questions(once) == [replace(question, answer=answer) for question in QUESTIONS]
    assert answered(once, other) == once
