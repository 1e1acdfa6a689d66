"""One person, team or product under several ids: a map that a human writes, applied when rows land."""

from pathlib import Path

import pytest

from sources import identities
from sources.errors import LandingError
from sources.identities import Identity
from tests.sources.bench import Bench

HEADER = "kind,source,id,canonical_id\n"
PEOPLE = (Identity("person", "src", "712020:1", "ann@acme.example"), Identity("person", "src", "p-7", "bob"))
TEAMS = (Identity("team", "src", "ABC", "checkout"), Identity("team", "other", "t2", "checkout"))


def items(*rows: dict[str, str]) -> list[dict[str, object]]:
    given = {"item_type": "story", "title": "Work", "status": "Open", "status_category": "to_do"}
    return [{"work_item_id": f"W{n}", "is_deliverable": True, "created_at": "2025-01-02", **given, **row} for n, row in enumerate(rows)]  # fmt: skip


def test_an_id_gives_way_to_the_one_that_stands_for_it_before_it_becomes_a_pseudonym(bench: Bench) -> None:
    bench.rows_of(
        "work_items",
        items(
            {"assignee_id": "712020:1", "team_id": "ABC"},
            {"assignee_id": "ann@acme.example", "team_id": "checkout"},
            {"assignee_id": "somebody", "team_id": "t2"},
        ),
    )

    bench.land(rules=bench.rules(identities=(*PEOPLE, *TEAMS)))

    (one, other, third) = bench.query("select assignee_id, team_id from landing.work_items order by work_item_id")
    assert one == other and one[1] == "checkout" and one[0] not in ("712020:1", "ann@acme.example")
    assert third[0] != one[0] and third[1] == "t2"  # that is one of another source


def test_only_values_that_are_ids_of_people_give_way(bench: Bench) -> None:
    change = {"work_item_id": "W1", "changed_at": "2025-01-02T03:00:00Z", "change_seq": 0, "changed_by": "p-7"}
    bench.rows_of(
        "work_item_changes",
        [change | {"field": "assignee", "to_value": "p-7"}, change | {"field": "title", "to_value": "p-7"}],
    )
    bench.land(rules=bench.rules(identities=PEOPLE))
    bench.rows_of("people", [{"person_id": "bob"}])
    bench.land(rules=bench.rules(identities=PEOPLE))

    ((bob,),) = bench.query("select person_id from landing.people")
    assert bench.query("select field, to_value, changed_by from landing.work_item_changes order by field") == [
        ("assignee", bob, bob), ("title", "p-7", bob)
    ]  # fmt: skip


def test_two_rows_that_become_one_are_refused_where_they_differ(bench: Bench) -> None:
    bench.rows_of("teams", [{"team_id": "ABC", "name": "Checkout"}, {"team_id": "checkout", "name": "Check-out"}])
    counts = bench.land(rules=bench.rules(identities=TEAMS))["teams"].counts
    assert (counts["landed_rows"], counts["quarantined_rows"]) == (0, 2)


def test_a_changed_map_lands_the_source_that_it_is_about_again(bench: Bench) -> None:
    bench.rows_of("teams", [{"team_id": "ABC", "name": "Checkout"}])
    assert bench.land()["teams"].outcome == "landed"
    assert bench.land(rules=bench.rules(identities=TEAMS[1:]))["teams"].outcome == "unchanged"
    changed = bench.rules(identities=TEAMS, deleted_fail_share=1)
    assert bench.land(rules=changed)["teams"].outcome == "landed"
    assert bench.current("teams", "team_id") == [("checkout",)]


def test_a_file_is_read_with_its_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    path.write_text(f"\ufeff{HEADER}team, src ,ABC,checkout\n\n team,src,ABC,checkout\n", encoding="utf-8")
    assert identities.read(path, ["src"]) == TEAMS[:1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its first line is not kind,source,id,canonical_id"),
        ("kind,id\n", "its first line is not kind,source,id,canonical_id"),
        (HEADER + "team,src,ABC\n", "line 2: it doesn't have 4 values"),
        (HEADER + "team,src,,checkout\n", "line 2: it doesn't have 4 values"),
        (HEADER + "squad,src,ABC,checkout\n", "line 2: the kind squad is not one of person, team, product"),
        (HEADER + "team,jra,ABC,checkout\n", "line 2: there is no source jra"),
        (
            HEADER + "team,src,ABC,checkout\nteam,src,ABC,pay\n",
            "line 3: its id has another canonical id in a line before",
        ),
        ("\xe9" + HEADER, "it can't be read"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "identities.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(LandingError) as error:
        identities.read(path, ["src"])
    assert said in str(error.value) and "To fix:" in str(error.value) and str(path) in str(error.value)


def test_whoever_is_forgotten_is_forgotten_under_all_ids() -> None:
    assert identities.linked(PEOPLE, {"712020:1"}) == {"712020:1", "ann@acme.example"}
    assert identities.linked(PEOPLE, {"bob"}) == {"bob", "p-7"}
    assert identities.linked((*PEOPLE, *TEAMS), {"ABC", "nobody"}) == {"ABC", "nobody"}
