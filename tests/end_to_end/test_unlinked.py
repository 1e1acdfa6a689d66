"""Deliverables linked to no outcome or benefit: exported, filled in, dropped back in, linked."""

import csv
import io
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Portfolio, Stage
from tests.end_to_end.harness import TINY, copy_portfolio, outcomes, read, served

pytestmark = pytest.mark.xdist_group("tiny")

FEED = ["link_id", "work_item_id", "initiative_id", "key_result_id", "weight", "valid_from", "valid_to"]
STATUS = """select entity_id, value_status = 'unlinked', outcome_key_results, evidence_level
    from outcomes.value_realization where level = 'deliverable' order by 1"""


def exported(tiny: Portfolio, *options: str) -> list[dict[str, str]]:
    said = tiny.run("unlinked", *options)
    assert said.exit_code == 0, said.err
    return list(csv.DictReader(io.StringIO(said.out)))


def test_every_deliverable_without_an_outcome_or_a_benefit_of_its_initiative_is_exported_once(
    tiny: Portfolio, recovered: Stage
) -> None:
    without = """select entity_id from outcomes.value_realization
        where level = 'deliverable' and outcome_key_results = 0 and not is_cancelled
            and initiative_key not in (select current_initiative_key from core.fct_benefits) order by 1"""

    rows = exported(tiny)

    assert sorted(row["work_item_id"] for row in rows) == [name for (name,) in read(served(recovered.home), without)]
    assert "D25" in {row["work_item_id"] for row in rows}
    assert {row["state"] for row in rows} == {"delivered", "open"}


def test_its_columns_end_with_the_feed_s(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    [row] = [row for row in exported(tiny) if row["work_item_id"] == "D22"]

    assert list(row)[-len(FEED) :] == FEED
    assert [row[name] for name in FEED] == ["link:D22", "D22", "", "", "1", "", ""]
    assert (row["title"], row["team"], row["initiative"], row["state"]) == ("Alerts", "Data", "Platform", "delivered")
    assert row["candidates"] == "KR3 Searches without a result"


def test_it_is_the_same_each_time(tiny: Portfolio, recovered: Stage) -> None:
    assert recovered.version
    assert tiny.run("unlinked").out == tiny.run("unlinked").out


def test_before_anything_is_published_it_asks_for_a_refresh(tmp_path: Path) -> None:
    said = outcomes("unlinked", home=tmp_path, portfolio=TINY)

    assert said.exit_code == 2
    assert "outcomes refresh" in said.err


@pytest.mark.slow
def test_filled_in_it_drops_back_in(
    tiny: Portfolio, recovered: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("linked")
    portfolio = copy_portfolio(TINY, folder / "portfolio")
    links = portfolio / "feeds" / "outcome_links.csv"
    text = tiny.run("unlinked", "--with", str(links)).out
    assert text.count(",link:D25,D25,,,1,") == 1
    links.write_text(text.replace(",link:D25,D25,,,1,", ",link:D25,D25,,KR1,1,"), newline="")

    said = outcomes("refresh", home=folder / "homes", portfolio=portfolio)

    assert said.exit_code == 0, said.err
    before = {row[0]: row[1:] for row in read(served(recovered.home), STATUS)}
    after = {row[0]: row[1:] for row in read(served(folder / "homes" / "tiny"), STATUS)}
    assert (before["D25"], after["D25"]) == ((True, 0, None), (False, 1, "direct"))
    assert {name: row for name, row in after.items() if row != before[name]}.keys() == {"D25"}
    again = outcomes("unlinked", home=folder / "homes", portfolio=portfolio).out
    assert "D25" not in again
