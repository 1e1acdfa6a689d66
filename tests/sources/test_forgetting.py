"""Forgetting: nothing that landed, and nothing that lands later, names somebody who is forgotten; their rows stay."""

import json
import stat
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources import forgetting, forgotten, loads
from sources.common import disk
from sources.errors import LandingError
from sources.forgotten import LIST
from sources.searching import search
from tests.sources.bench import KEY, NOW, RULES, Bench
from tests.sources.good_rows import CONTRACTS, good_row
from tests.sources.test_pseudonyms import pseudonym

ADA = ("ada.lovelace", "Ada.Lovelace@example.org", "Ada Lovelace")
PERSONAL = [
    (feed, c.name)
    for feed, contract in CONTRACTS.items()
    for c in contract.columns
    if c.personal == "id" and not (c.personal_when or c.personal_if)
]


def forget(bench: Bench, subjects: Sequence[str] = ADA) -> list[forgetting.Rewritten]:
    """What the command does with loads and rejected rows."""
    person = forgotten.remember(bench.home, KEY, subjects, NOW)
    traces = forgotten.traces_of(person, KEY, subjects)
    done = list(forgetting.rewrite_loads(bench.home, traces, NOW))
    return done + list(forgetting.rewrite_tables(bench.home, bench.home / "quarantine", traces))


def named(bench: Bench, subjects: Sequence[str] = ADA) -> list[str]:
    """Files of the warehouse that name somebody."""
    found = search(bench.home, forgotten.sought(KEY, subjects))
    assert found.unread == ()
    return [place.path for place in found.places]


def test_every_personal_column_of_every_feed_is_cleaned(bench: Bench) -> None:
    for feed in {feed for feed, _ in PERSONAL}:
        mine = {column: ADA[0] for f, column in PERSONAL if f == feed}
        bench.rows_of(feed, [good_row(feed) | mine])
    bench.land()
    assert len(named(bench)) == len({feed for feed, _ in PERSONAL})
    forget(bench)
    assert named(bench) == []


def test_what_counts_by_a_person_keeps_a_replacement_and_what_does_not_is_emptied(bench: Bench) -> None:
    for feed in {feed for feed, _ in PERSONAL}:
        bench.rows_of(feed, [good_row(feed) | {column: ADA[0] for f, column in PERSONAL if f == feed}])
    bench.land()
    forget(bench)
    with bench.stage() as connection:
        found = {
            (feed, column): (connection.execute(f"select {column} from landing.{feed}").fetchone() or ("no row",))[0]
            for feed, column in PERSONAL
        }
    emptied = {("work_items", "assignee_id"), ("work_item_changes", "changed_by")}
    assert {place for place, value in found.items() if value is None} == emptied
    assert {len(value) for value in found.values() if value} == {32}
    assert pseudonym(ADA[0]) not in found.values()


def test_a_replacement_joins_a_person_to_their_hours_and_not_to_their_answers(bench: Bench) -> None:
    for feed, column in (("people", "person_id"), ("time_entries", "person_id"), ("survey_responses", "respondent_id")):
        bench.rows_of(feed, [good_row(feed) | {column: ADA[0]}])
    bench.land()
    forget(bench)
    [(hours, answers)] = bench.query(
        "select count(h.person_id), count(a.respondent_id) from landing.people as p "
        "left join landing.time_entries as h using (person_id) "
        "left join landing.survey_responses as a on p.person_id = a.respondent_id"
    )
    assert (hours, answers) == (1, 0)


def test_two_ids_of_one_person_stay_two(bench: Bench) -> None:
    rows = [good_row("usage_daily") | {"user_id": who} for who in ADA[:2]]
    bench.rows_of("usage_daily", rows)
    bench.land()
    forget(bench)
    assert bench.query("select count(distinct user_id), sum(events) from landing.usage_daily") == [(2, 6)]


TEXTS = {
    "ada.lovelace": "{0}",
    "ask ada.lovelace, please": "ask {0}, please",
    "ada.lovelace ada.lovelace": "{0} {0}",
    "<ada.lovelace>": "<{0}>",
    "ADA.LOVELACE": "ADA.LOVELACE",  # an id is as it is
    "joada.lovelace": "joada.lovelace",  # somebody else
    "ada.lovelace_2": "ada.lovelace_2",
    "mail Ada.Lovelace@example.org": "mail {1}",
    "MAIL ADA.LOVELACE@EXAMPLE.ORG!": "MAIL {1}!",
    "by ada  x ada lovelace.": "by ada  x {2}.",
}


def test_a_text_loses_the_words_that_name_somebody_and_no_other(bench: Bench) -> None:
    rows = [good_row("work_items") | {"work_item_id": f"w{n}", "title": text} for n, text in enumerate(TEXTS)]
    bench.rows_of("work_items", rows)
    bench.land()
    forget(bench)
    labels = [word.label for word in forgotten.read(bench.home)[0].words]
    found = bench.query("select title from landing.work_items order by _record")
    assert [title for (title,) in found] == [cleaned.format(*labels) for cleaned in TEXTS.values()]


def test_what_somebody_wrote_goes_whole_and_what_others_wrote_of_them_too(bench: Bench) -> None:
    rows = [
        good_row("survey_responses") | {"response_id": "1", "respondent_id": ADA[0], "comment": "mine"},
        good_row("survey_responses") | {"response_id": "2", "respondent_id": "bo", "comment": "as Ada Lovelace says"},
        good_row("survey_responses") | {"response_id": "3", "respondent_id": "bo", "comment": "his own"},
    ]
    bench.rows_of("survey_responses", rows)
    bench.land()
    forget(bench)
    found = bench.query("select comment from landing.survey_responses order by response_id")
    assert found == [(None,), (None,), ("his own",)]


def test_columns_that_no_contract_knows_are_cleaned(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0], "nickname": "The Enchantress"}, {"person_id": "bo", "boss": ADA[1]}])
    bench.land()
    forget(bench)
    found = bench.query("select _extra from landing.people order by _record")
    assert found[0] == (None,)
    assert named(bench) == []


def test_an_id_that_is_no_personal_column_gives_way_to_one_label_everywhere(bench: Bench) -> None:
    bench.rows_of("customers", [{"customer_id": ADA[1]}])
    bench.rows_of("support_tickets", [good_row("support_tickets") | {"customer_id": ADA[1]}])
    bench.land()
    forget(bench)
    [(customer, ticket)] = bench.query(
        "select c.customer_id, t.customer_id from landing.customers c join landing.support_tickets t using (customer_id)"
    )
    assert customer == ticket
    assert customer.startswith("forgotten-")


def test_a_rejected_row_is_cleaned(bench: Bench) -> None:
    bench.rows_of("work_items", [good_row("work_items") | {"title": f'"{ADA[1]}"\nasks', "created_at": "soon"}])
    bench.land()
    assert named(bench) != []
    forget(bench)
    assert named(bench) == []
    [(original,)] = bench.query("select original from landing.quarantine")
    assert json.loads(original)["created_at"] == "soon"


def test_the_reason_for_setting_aside_and_the_name_of_a_column_are_texts_too(bench: Bench) -> None:
    bench.write("data/export.csv", f"id,label,{ADA[1]}\nt1,One,1\nt2,Two,2\n")
    bench.write(
        "feeds/teams.sql",
        f"""select id as team_id, label as name, "{ADA[1]}", _file, _record,
        case when id = 't2' then 'asked by {ADA[2]}' end as _excluded from raw.export""",
    )
    bench.land()
    assert named(bench) != []
    forget(bench)
    assert named(bench) == []
    bench.write("data/export.csv", f"id,label,{ADA[1]}\nt1,One,1\nt2,Two,2\nt3,Three,3\n")
    assert bench.land(now=NOW + timedelta(days=1))["teams"].outcome == "landed"
    assert named(bench) == []


def test_rows_of_others_stay_to_the_last_byte_of_their_values(bench: Bench) -> None:
    rows = [
        good_row("work_items") | {"work_item_id": str(n), "assignee_id": who} for n, who in enumerate(("bo", ADA[0]))
    ]
    bench.rows_of("work_items", rows)
    bench.land()
    sql = "select * exclude (assignee_id) from landing.work_items order by _record"
    before = bench.query(sql)
    forget(bench)
    assert bench.query(sql) == before


def test_a_load_without_them_is_left_alone(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}])
    bench.rows_of("work_items", [good_row("work_items") | {"assignee_id": "bo"}])
    bench.land()
    before = bench.tree()
    forget(bench)
    changed = {path.split("/")[1] for path, digest in bench.tree().items() if before[path] != digest}
    assert changed == {"people"}


def test_a_rewritten_load_is_the_same_load_for_landing_and_another_for_a_build(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}])
    bench.land()
    before = loads.freeze(bench.home, NOW).fingerprint
    forget(bench)
    assert bench.land()["people"].outcome == "unchanged"
    assert loads.freeze(bench.home, NOW).fingerprint != before


def test_forgetting_twice_changes_nothing_more(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}])
    bench.land()
    forget(bench)
    before = bench.tree()
    assert forget(bench) == []
    assert bench.tree() == before


# what lands later


def test_a_later_load_that_names_them_comes_without_them_under_the_same_replacements(bench: Bench) -> None:
    def give(*more: dict[str, str]) -> None:
        bench.rows_of("people", [{"person_id": ADA[0], "e_mail": ADA[1]}, {"person_id": "bo"}, *more])
        bench.rows_of(
            "survey_responses",
            [
                good_row("survey_responses") | {"respondent_id": ADA[1], "comment": f"I, {ADA[2].upper()}"},
                good_row("survey_responses")
                | {"response_id": "y", "comment": f"to\n{ADA[1]}: thanks", **(more[0] if more else {})},
            ],
        )

    give()
    bench.land()
    forget(bench)
    before = bench.current("people", "person_id")
    give({"person_id": "cy"})
    landed = bench.land(now=NOW + timedelta(days=1))
    assert landed["people"].outcome == "landed"
    assert named(bench) == []
    assert set(before) < set(bench.current("people", "person_id"))


def test_nobody_is_taken_for_vanished_who_lands_under_a_replacement(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}])
    bench.land()
    forget(bench)
    bench.rows_of("people", [{"person_id": ADA[0], "team_id": "t1"}])
    assert bench.land(now=NOW + timedelta(days=1))["people"].outcome == "landed"


def test_a_later_rejected_row_comes_without_them(bench: Bench) -> None:
    bench.rows_of("work_items", [good_row("work_items")])
    bench.land()
    forget(bench)
    bench.rows_of(
        "work_items",
        [
            good_row("work_items"),
            good_row("work_items") | {"work_item_id": "y", "title": f"for\n{ADA[0]}", "created_at": "soon"},
        ],
    )
    bench.land(now=NOW + timedelta(days=1))
    assert bench.query("select count(*) from landing.quarantine") == [(1,)]
    assert named(bench) == []


def test_an_id_without_letters_is_known_as_an_id_alone(bench: Bench) -> None:
    bench.rows_of("work_items", [good_row("work_items") | {"title": "42 points", "assignee_id": "42"}])
    bench.land()
    forget(bench, ["42"])
    assert bench.query("select title, assignee_id from landing.work_items") == [("42 points", None)]


# the list


def test_the_list_holds_nobody_and_is_its_owners_alone(bench: Bench) -> None:
    forgotten.remember(bench.home_made(), KEY, ADA, NOW)
    path = bench.home / LIST
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert named(bench) == []


def test_a_list_that_others_can_read_is_refused(bench: Bench) -> None:
    forgotten.remember(bench.home_made(), KEY, ADA, NOW)
    (bench.home / LIST).chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        forgotten.read(bench.home)


def test_nothing_lands_by_a_damaged_list(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": "bo"}])
    forgotten.remember(bench.home_made(), KEY, ADA, NOW)
    (bench.home / LIST).write_text("{")
    with pytest.raises(LandingError, match="they would reappear"):
        bench.land()
    assert bench.load_count("people") == 0


def test_two_people_are_forgotten_each_by_themselves(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}, {"person_id": "bob.b"}])
    bench.land()
    forget(bench)
    forget(bench, ["bob.b"])
    assert len(forgotten.read(bench.home)) == 2
    assert named(bench, [*ADA, "bob.b"]) == []
    assert bench.query("select count(distinct person_id) from landing.people") == [(2,)]


def test_an_id_remembered_later_joins_the_person_it_belongs_to(bench: Bench) -> None:
    first = forgotten.remember(bench.home_made(), KEY, ADA[:1], NOW)
    forgotten.remember(bench.home, KEY, ADA, NOW)
    [person] = forgotten.read(bench.home)
    assert [one for one in person.ids if one in first.ids] == list(first.ids)
    assert len(person.ids) == len(ADA)


def test_replacements_are_derived_from_nothing(bench: Bench) -> None:
    persons = []
    for _ in range(2):
        persons.append(forgotten.remember(bench.home_made(), KEY, ADA, NOW))
        (bench.home / LIST).unlink()
    values = [{value for one in person.ids for value in one.replacements.values()} for person in persons]
    assert values[0] & values[1] == set()


def test_a_load_that_cannot_be_read_is_named(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": ADA[0]}])
    bench.land()
    [part] = (bench.home / "landing" / "people").rglob("source=src/*/part-0.parquet")
    part.write_bytes(part.read_bytes()[:200])
    with pytest.raises(LandingError, match=r"landing/people/.*part-0\.parquet"):
        forget(bench)


def test_a_row_of_a_rewritten_load_is_still_counted(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": who} for who in (ADA[0], "bo", "cy")])
    bench.land()
    forget(bench)
    [part] = (bench.home / "landing" / "people").rglob("source=src/*/part-0.parquet")
    row = duckdb.execute(f"select count(*) from read_parquet('{part}', hive_partitioning=false)").fetchone()
    assert row == (bench.record("people")["counts"]["landed_rows"],)


def test_cut_short_at_any_file_it_is_finished_by_the_next_call(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for feed in ("people", "time_entries"):
        bench.rows_of(feed, [good_row(feed) | {"person_id": ADA[0]}])
    bench.rows_of("work_items", [good_row("work_items") | {"title": ADA[1], "created_at": "soon"}])
    bench.land()
    replace, left = disk.replace, [0]

    def mortal(path: Path, write: Any, scratch: Path | None = None) -> None:
        left[0] -= scratch is not None  # the list of the forgotten has none
        if left[0] < 0:
            raise KeyboardInterrupt
        replace(path, write, scratch)

    monkeypatch.setattr(disk, "replace", mortal)
    for steps in (0, 1, 2, 1, 2):  # a load's record, its rows, the next load, and a rejected row
        left[0] = steps
        with pytest.raises(KeyboardInterrupt):
            forget(bench)
    left[0] = 100
    forget(bench)
    assert named(bench) == []
    assert bench.query("select count(*) from landing.people join landing.time_entries using (person_id)") == [(1,)]


def test_a_customer_who_is_a_person_is_forgotten_too(bench: Bench) -> None:
    rules = RULES.model_copy(update={"customers_are_people": True})
    for feed in ("customers", "support_tickets"):
        bench.rows_of(feed, [good_row(feed) | {"customer_id": ADA[1]}])
    bench.land(rules=rules)
    assert named(bench) != []
    forget(bench)
    bench.rows_of("customers", [good_row("customers") | {"customer_id": ADA[1], "region": "DE"}])
    bench.land(rules=rules, now=NOW + timedelta(days=1))
    assert named(bench) == []
    joined = bench.query(
        "select count(distinct customer_id), count(*) from landing.customers join landing.support_tickets using (customer_id)"
    )
    assert joined == [(1, 2)]
