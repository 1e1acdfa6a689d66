"""A source with history: a dated folder a load, observed at the end of its day."""

from typing import Any

import pytest

from sources import loads
from sources.errors import LandingError
from tests.sources.bench import MAP_TEAMS, RULES, TEAMS, Bench

BERLIN = RULES.model_copy(update={"time_zone": "Europe/Berlin"})
HEAD = "id,label\n"
FIVE = "t1,One\nt2,Two\nt3,Three\nt4,Four\nt5,Five\n"


def shown(bench: Bench, **folders: str) -> None:
    """Write data/<day>/export.csv for each `d20250331='…rows…'`, and the mapping that reads it."""
    bench.write("feeds/teams.sql", MAP_TEAMS)
    for day, rows in folders.items():
        bench.write(f"data/{day[1:5]}-{day[5:7]}-{day[7:]}/export.csv", HEAD + rows)


def land(bench: Bench, **source: Any) -> list[tuple[str, str]]:
    """Land with history; the observed moment and outcome of each load of teams, in landing order."""
    before = {load["load_id"] for load in loads.all_loads(bench.home)}
    bench.land(rules=BERLIN, history=True, **source)
    return [
        (load["observed_at"], load["load_id"])
        for load in loads.all_loads(bench.home)
        if load["load_id"] not in before and load["feed"] == "teams"
    ]


def moments(bench: Bench, **source: Any) -> list[str]:
    return [moment for moment, _ in land(bench, **source)]


MARCH, JUNE = "2025-03-31T21:59:59.999999+00:00", "2025-06-30T21:59:59.999999+00:00"
WINTER = "2024-12-31T22:59:59.999999+00:00"


def test_each_folder_is_observed_at_the_end_of_its_day_in_the_portfolios_zone(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20241231=FIVE)
    assert moments(bench) == [WINTER, MARCH]


def test_a_folder_lands_only_once(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE)
    land(bench)
    assert (moments(bench), bench.load_count()) == ([], 2)


def test_folders_of_the_same_bytes_are_loads_of_their_own(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE)
    assert moments(bench) == [MARCH, JUNE]


def test_a_new_folder_lands_alone(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    land(bench)
    shown(bench, d20250630=FIVE)
    assert moments(bench) == [JUNE]


def test_a_late_folder_lands_with_its_own_moment_and_changes_nothing_now(bench: Bench) -> None:
    shown(bench, d20250630=FIVE.replace("One", "Uno"))
    land(bench)
    shown(bench, d20250331=FIVE)
    assert moments(bench) == [MARCH]
    assert ("t1", "Uno") in bench.current("teams", "team_id,name")
    assert bench.query(
        "select observed_at::date::varchar, name from landing.teams where team_id = 't1' order by 1"
    ) == [
        ("2025-03-31", "One"),
        ("2025-06-30", "Uno"),
    ]


def test_a_mended_folder_lands_again_at_its_moment_and_the_later_one_still_holds(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE.replace("One", "Uno"))
    land(bench)
    shown(bench, d20250331=FIVE.replace("One", "Ein"))
    assert moments(bench) == [MARCH]
    assert ("t1", "Uno") in bench.current("teams", "team_id,name")


def test_a_changed_mapping_lands_every_folder_again_once(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE)
    land(bench)
    bench.write("feeds/teams.sql", MAP_TEAMS.replace("label as name", "upper(label) as name"))
    assert (moments(bench), moments(bench)) == ([MARCH, JUNE], [])


def test_what_a_folder_no_longer_holds_is_deleted(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE.replace("t5,Five\n", ""))
    land(bench)
    assert [team for team, _ in bench.current("teams", "team_id,name")] == ["t1", "t2", "t3", "t4"]


def test_an_increment_deletes_nothing(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630="t6,Six\n")
    land(bench, kinds={"teams": "increment"})
    assert len(bench.current("teams", "team_id,name")) == 6


def test_a_folder_that_would_delete_too_much_fails_and_those_before_it_stay(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE[:14], d20250930=FIVE)
    with pytest.raises(LandingError, match=r"data/2025-06-30/export\.csv\): it would delete 3 of 5 rows"):
        land(bench)
    assert bench.load_count() == 1


def test_a_late_folder_is_held_against_those_observed_before_it_alone(bench: Bench) -> None:
    shown(bench, d20250630=FIVE)
    land(bench)
    shown(bench, d20250331="t1,One\n")
    assert moments(bench) == [MARCH]


def test_a_control_is_held_against_each_folder(bench: Bench) -> None:
    shown(bench, d20250331=FIVE, d20250630=FIVE + "t6,Six\n")
    bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, 5 as expected from raw.export limit 1")
    with pytest.raises(LandingError, match=r"teams\.control\.sql: count\(\*\) is 5\.0+ in the raw files, but 6"):
        land(bench)


def test_rejects_of_each_folder_are_kept(bench: Bench) -> None:
    shown(bench, d20250331=FIVE + "t6,\n", d20250630=FIVE + "t7,\n")
    land(bench)
    assert bench.query("select _file from landing.quarantine order by all") == [
        ("data/2025-03-31/export.csv",),
        ("data/2025-06-30/export.csv",),
    ]


def test_a_folder_without_the_file_that_a_mapping_reads_fails(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    bench.write("data/2025-06-30/other.csv", "a\n1\n")
    with pytest.raises(LandingError, match=r"teams\.sql: it reads raw\.export, but there is no such file"):
        land(bench)


@pytest.mark.parametrize("name", ["latest", "20250331", "2025-W14-1", "2025-3-31", "2025-02-30", "2025-03-31 copy"])
def test_a_subfolder_that_is_not_a_day_fails_before_anything_lands(bench: Bench, name: str) -> None:
    shown(bench, d20240331=FIVE)
    bench.write(f"data/{name}/export.csv", HEAD + FIVE)
    with pytest.raises(LandingError, match=rf"data/{name}: its name is not a day.* To fix: name it by the day"):
        land(bench)
    assert bench.load_count() == 0


def test_a_data_file_beside_the_folders_fails(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    bench.write("data/export.csv", HEAD + FIVE)
    with pytest.raises(LandingError, match=r"data/export\.csv: it is beside the dated folders"):
        land(bench)


def test_a_readme_and_hidden_entries_beside_the_folders_are_passed_over(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    bench.write("data/README.md", "Exports, one folder a quarter.")
    bench.write("data/.trash/export.csv", HEAD)
    assert moments(bench) == [MARCH]


def test_no_folder_at_all_fails(bench: Bench) -> None:
    bench.write("feeds/teams.sql", MAP_TEAMS)
    with pytest.raises(LandingError, match=r"data: a source with history needs one subfolder per load"):
        land(bench)


def test_a_plain_file_has_no_history(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    with pytest.raises(
        LandingError, match=r"products\.csv: source src has a history, but a plain file has only one state"
    ):
        land(bench)


def test_a_plain_file_beside_a_history_has_a_source_of_its_own(bench: Bench) -> None:
    shown(bench, d20250331=FIVE)
    bench.write("feeds/products.csv", "product_id,name\np,P\n")
    assert moments(bench, feeds=["teams"]) == [MARCH]


def test_without_history_subfolders_mean_nothing(bench: Bench) -> None:
    bench.write("feeds/teams.csv", TEAMS)
    bench.write("data/whenever/export.csv", HEAD + FIVE)
    assert bench.land()["teams"].outcome == "landed"
