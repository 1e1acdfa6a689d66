"""Rows of `outcomes unlinked` as the feed outcome_links: filled in they land, left blank they are left out."""

from pathlib import Path

import pytest

from sources import loads
from tests.sources.bench import Bench

HEADER = "title,team,link_id,work_item_id,initiative_id,key_result_id,weight,valid_from,valid_to\n"
FILLED = "Basket,Web,link:D01,D01,,KR1,1,,\n"
BLANK = "'=Address book,Web,link:D02,D02,,,1,,\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def landed(bench: Bench, rows: str) -> loads.Load:
    bench.write("feeds/outcome_links.csv", HEADER + rows)
    bench.land()
    return loads.all_loads(bench.home)[-1]


def test_a_row_that_is_filled_in_lands(bench: Bench) -> None:
    landed(bench, FILLED + BLANK)

    assert bench.query("select link_id, work_item_id, key_result_id, weight::int from landing.outcome_links") == [
        ("link:D01", "D01", "KR1", 1)
    ]


def test_a_row_left_blank_is_excluded_with_its_reason(bench: Bench) -> None:
    load = landed(bench, FILLED + BLANK)

    assert load["excluded"] == {"no key result filled in": 1}
    assert (load["counts"]["records"], load["counts"]["landed"], load["counts"]["quarantined"]) == (2, 1, 0)


def test_a_file_of_blank_rows_alone_lands_nothing(bench: Bench) -> None:
    load = landed(bench, BLANK)

    assert (load["counts"]["landed"], load["counts"]["quarantined"], load["counts"]["excluded"]) == (0, 0, 1)


def test_what_the_export_adds_is_kept_aside(bench: Bench) -> None:
    assert landed(bench, FILLED)["extra_columns"] == ["title", "team"]


@pytest.mark.parametrize("row", ["x,y,L1,D01,,,1,,\n", "x,y,link:D02,D01,,,1,,\n", "x,y,link:D01,,I1,,1,,\n"])
def test_any_other_link_that_lacks_its_key_result_is_quarantined(row: str, bench: Bench) -> None:
    load = landed(bench, FILLED.replace("D01", "D09") + row)

    assert (load["counts"]["quarantined"], load["counts"]["excluded"]) == (1, 0)


def test_a_row_blanked_again_is_a_deleted_link(bench: Bench) -> None:
    landed(bench, FILLED + "".join(FILLED.replace("D01", f"D1{n}") for n in range(6)))
    bench.write(
        "feeds/outcome_links.csv",
        HEADER + FILLED.replace("KR1", "") + "".join(FILLED.replace("D01", f"D1{n}") for n in range(6)),
    )
    bench.land()

    assert ("link:D01",) not in bench.query(bench.current_sql("outcome_links", "link_id"))
