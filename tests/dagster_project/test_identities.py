"""`identities` of a portfolio: applied by every command that lands, proposed by `outcomes doctor`, known to `forget`."""

from pathlib import Path

import duckdb
import pytest

from dagster_project import forgetting
from dagster_project.settings import workspace
from tests.end_to_end.harness import Said, outcomes

START = """name: mine
title: Mine
reporting_currency: EUR
sources: [{name: jira, path: jira, feeds: [teams, people]}, {name: desk, path: desk, feeds: [teams]}]
"""
MAP = "kind,source,id,canonical_id\nteam,jira,ABC,checkout\nteam,desk,17,checkout\nperson,jira,712020:1,ann@acme.example\n"


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    for source, teams in {"jira": "ABC,Checkout\nOPS,Operations\n", "desk": "17,checkout \n18,Billing\n"}.items():
        (folder / source).mkdir(parents=True)
        (folder / source / "teams.csv").write_text("team_id,name\n" + teams)
        (folder / "feeds" / source).mkdir(parents=True)
        (folder / "feeds" / source / "teams.sql").write_text("from raw.teams")
    (folder / "jira" / "people.csv").write_text("person_id\n712020:1\n")
    (folder / "feeds" / "jira" / "people.sql").write_text("from raw.people")
    (folder / "portfolio.yml").write_text(START)
    return folder


def run(portfolio: Path, *arguments: str) -> Said:
    return outcomes(*arguments, home=portfolio.parent / "home", portfolio=portfolio)


def declare(portfolio: Path, text: str = MAP) -> None:
    (portfolio / "identities.csv").write_text(text)
    (portfolio / "portfolio.yml").write_text(
        f"{START}identities: identities.csv\nthresholds: {{deleted_fail_share: 1}}\n"
    )


def noted(portfolio: Path) -> list[str]:
    return [line for line in run(portfolio, "doctor").out.splitlines() if " identities: " in line]


def test_doctor_proposes_what_has_one_name_until_the_map_says_something_of_it(portfolio: Path) -> None:
    assert run(portfolio, "land").exit_code == 0
    (proposed,) = noted(portfolio)
    assert "teams of one name in two sources: checkout (17 of desk, ABC of jira)" in proposed
    declare(portfolio, "kind,source,id,canonical_id\nteam,jira,ABC,ABC\n")
    assert noted(portfolio) == []


def test_landing_and_feed_apply_it_and_a_wrong_one_is_named(portfolio: Path) -> None:
    declare(portfolio)
    assert run(portfolio, "land").exit_code == 0
    landed = portfolio.parent / "home/mine/landing/teams/*/*/*.parquet"
    found = duckdb.sql(f"select team_id from '{landed}' where _row_kind = 'row' order by all").fetchall()
    assert found == [("18",), ("OPS",), ("checkout",), ("checkout",)]
    assert "checkout" in run(portfolio, "feed", "teams", "--source", "jira").out
    assert noted(portfolio) == []

    declare(portfolio, MAP + "team,jra,X,Y\n")
    said = run(portfolio, "land")
    assert said.exit_code == 1 and "line 5: there is no source jra" in said.err and "Nothing landed" in said.out
    assert "there is no source jra" in noted(portfolio)[0]


@pytest.mark.parametrize("given", ["712020:1", "ann@acme.example"])
def test_a_person_is_found_by_any_of_their_ids(portfolio: Path, given: str) -> None:
    declare(portfolio)
    assert run(portfolio, "land").exit_code == 0
    sight = forgetting.look(workspace(portfolio).model_copy(update={"home": portfolio.parent / "home/mine"}), [given])
    assert set(sight.ids) == {"712020:1", "ann@acme.example"}
    assert sight.home.places
    assert any("identities.csv" in str(place) for place in sight.files.places)
