"""A feed that no source gives any more: a refresh stops at it, and publishes without it where that is meant."""

from dataclasses import dataclass

import pytest

from tests.end_to_end.harness import Said, outcomes

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("withdrawn")]

TICKETS = """ticket_id,opened_at,solved_at,first_response_at
T1,2025-10-13T08:00:00Z,2025-10-26T08:00:00Z,2025-10-21T08:00:00Z
"""
ANSWERS = """response_id,question_id,survey_type,is_score_question,score,scale_min,scale_max,higher_is_better,responded_at
R1,Q1,nps,true,9,0,10,true,2025-10-19T08:00:00Z
"""
NPS = "select count(value) as known from metrics.fct_metric_values where metric_name = 'nps' and grain = 'all'"


@dataclass(frozen=True)
class Course:
    """What refreshes say: with both feeds, without one of them, the same again where it is meant, once more, and with a
    new row of the other feed."""

    both: Said
    refused: Said
    doctor: Said
    withdrawn: Said
    value: Said
    after: Said
    news: Said


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("withdrawn")
    portfolio, home = folder / "desk", folder / "homes"
    (portfolio / "feeds").mkdir(parents=True)
    (portfolio / "portfolio.yml").write_text("name: desk\ntitle: Desk\nreporting_currency: EUR\n")
    tickets = portfolio / "feeds" / "support_tickets.csv"
    tickets.write_text(TICKETS)
    answers = portfolio / "feeds" / "survey_responses.csv"
    answers.write_text(ANSWERS)

    def run(*arguments: str) -> Said:
        return outcomes(*arguments, home=home, portfolio=portfolio)

    both = run("refresh")
    answers.unlink()
    course = (
        both,
        run("refresh"),
        run("doctor"),
        run("refresh", "--withdraw"),
        run("query", NPS, "--format", "csv"),
        run("refresh"),
    )
    tickets.write_text(TICKETS + TICKETS.splitlines()[1].replace("T1", "T2") + "\n")
    return Course(*course, run("refresh"))


def test_a_refresh_stops_and_says_what_to_do(course: Course) -> None:
    assert course.both.exit_code == 0, course.both.err
    assert course.refused.exit_code == 1
    assert "no source gives files/survey_responses any more" in course.refused.err
    assert "1 row" in course.refused.err
    assert "--withdraw" in course.refused.err
    assert "Nothing was published" in course.refused.err


def test_doctor_names_it(course: Course) -> None:
    assert "survey_responses landed before and is given no more" in " ".join(course.doctor.out.split())


def test_where_it_is_meant_it_is_not_measured_any_more(course: Course) -> None:
    assert course.withdrawn.exit_code == 0, course.withdrawn.err
    assert course.value.out.split() == ["known", "0"]


def test_the_next_refresh_does_not_ask_again(course: Course) -> None:
    assert course.after.exit_code == 0
    assert "Nothing new" in course.after.out


def test_nor_does_one_with_news_of_another_feed(course: Course) -> None:
    assert course.news.exit_code == 0, course.news.err
