"""A refresh goes on with the build that was published: what it publishes is what a build from scratch gives."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.harness import Rows, outcomes, read, served
from tests.end_to_end.test_withdrawn import ANSWERS, TICKETS
from tests.faults.bench import Tables, tables_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("gone_on")]

CHECKED = "select suite, check_name, checked_at from audit.fct_check_results where is_current"


@dataclass(frozen=True)
class Course:
    """What is published, and what the audit says, after each of: a first refresh, news, the same from scratch, and more
    news to a build that is damaged; and that from scratch."""

    tables: list[Tables]
    checked: list[Rows]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("gone_on")
    portfolio, homes, other = folder / "desk", folder / "homes", folder / "other"
    (portfolio / "feeds").mkdir(parents=True)
    (portfolio / "portfolio.yml").write_text("name: desk\ntitle: Desk\nreporting_currency: EUR\nas_of: 2025-12-31\n")
    tickets = portfolio / "feeds" / "support_tickets.csv"
    tickets.write_text(TICKETS)
    (portfolio / "feeds" / "survey_responses.csv").write_text(ANSWERS)
    home, tables, checked = homes / "desk", list[Tables](), list[Rows]()

    def refresh(*more: str, below: Path = homes) -> None:
        assert outcomes("refresh", *more, home=below, portfolio=portfolio).exit_code == 0
        tables.append(tables_of(below / "desk"))
        checked.append(read(served(below / "desk"), CHECKED))

    def from_nothing() -> None:
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(homes, other, symlinks=True)
        refresh("--full", below=other)

    refresh()
    tickets.write_text(TICKETS + TICKETS.splitlines()[1].replace("T1", "T2") + "\n")
    refresh()
    from_nothing()
    stage = home / "build" / "stage.duckdb"
    content = bytearray(stage.read_bytes())
    with duckdb.connect(str(stage), read_only=True) as connection:
        block = connection.execute("select max(block_id) from pragma_storage_info('staging.stg_settings')").fetchone()
    assert block
    at = 3 * 4096 + block[0] * 262144 + 64  # the headers, the blocks before, and into this one
    content[at] ^= 1
    stage.write_bytes(content)
    tickets.write_text(tickets.read_text() + TICKETS.splitlines()[1].replace("T1", "T3") + "\n")
    refresh()
    from_nothing()
    return Course(tables, checked)


def new(before: Rows, after: Rows) -> set[str]:
    """The checks that were run again."""
    return {f"{suite} {name}" for suite, name, _ in {*after} - {*before}}


def test_news_gives_what_a_build_from_nothing_gives(course: Course) -> None:
    first, second, clean, *_ = course.tables
    assert second == clean != first


def test_only_checks_of_what_changed_are_run_again(course: Course) -> None:
    again = new(course.checked[0], course.checked[1])
    assert "dbt not_null_fct_support_tickets_support_ticket_key" in again
    assert "dbt not_null_fct_survey_responses_survey_response_key" not in again
    assert "recomputation nps_total" not in again
    assert len(again) < len(course.checked[1]) / 2


def test_from_nothing_every_check_is_run(course: Course) -> None:
    assert len(new(course.checked[1], course.checked[2])) == len(course.checked[2])


def test_a_damaged_build_is_not_gone_on_with(course: Course) -> None:
    *_, healed, clean = course.tables
    assert healed == clean
    assert len(new(course.checked[2], course.checked[3])) == len(course.checked[3])
