"""Personal identifiers land as keyed HMACs, and the key is its owner's alone."""

import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from sources.errors import LandingError
from sources.pseudonyms import portfolio_key
from tests.sources.bench import KEY, MAP_TEAMS, RULES, Bench
from tests.sources.good_rows import CONTRACTS, good_row

PERSONAL = [
    (feed, c.name)
    for feed, contract in CONTRACTS.items()
    for c in contract.columns
    if c.personal == "id" and not (c.personal_when or c.personal_if)
]


def pseudonym(text: str, key: bytes = KEY) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def test_every_personal_identifier_lands_as_its_hmac(bench: Bench) -> None:
    for feed, column in PERSONAL:
        bench.rows_of(feed, [good_row(feed) | {column: "Zoë@example.org"}])
    bench.land()
    with bench.stage() as connection:
        found = {(f, c): connection.execute(f"select {c} from landing.{f}").fetchone() for f, c in PERSONAL}
    assert found == dict.fromkeys(PERSONAL, (pseudonym("Zoë@example.org"),))


@pytest.mark.parametrize("key", [b"k", b"\x00\xff'\"", b"x" * 64, b"x" * 65, b"x" * 1000])
def test_a_key_of_any_length_gives_pythons_hmac(bench: Bench, key: bytes) -> None:
    texts = ["a", "'", "日本", "x" * 5000, " a"]
    bench.rows_of("people", [{"person_id": text} for text in texts])
    bench.land(key=key)
    found = bench.query("select person_id from landing.people order by _record")
    assert [value for (value,) in found] == [pseudonym(text, key) for text in texts]


def test_one_key_gives_one_pseudonym_in_every_feed_and_load(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": "ann"}])
    bench.rows_of("work_items", [good_row("work_items") | {"assignee_id": "ann"}])
    bench.land()
    sql = "select person_id from landing.people union select assignee_id from landing.work_items"
    assert bench.query(sql) == [(pseudonym("ann"),)]


def test_a_missing_identifier_stays_missing(bench: Bench) -> None:
    bench.rows_of("work_items", [good_row("work_items") | {"assignee_id": ""}])
    bench.land()
    assert bench.query("select assignee_id from landing.work_items") == [(None,)]


def test_a_held_key_is_a_pseudonym(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": "ann", "joined_date": "soon"}])
    bench.land()
    assert bench.query("select person_id, _row_kind from landing.people") == [(pseudonym("ann"), "held")]


def test_no_file_of_the_warehouse_holds_the_identifier(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": "ann.unmistakable"}, {"person_id": "bob.unmistakable", "left_date": "x"}])
    bench.land()
    assert [p for p in bench.home.rglob("*") if p.is_file() and b"unmistakable" in p.read_bytes()] == []


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = portfolio_key(tmp_path / "home")
    assert (portfolio_key(tmp_path / "home"), len(first)) == (first, 64)
    assert stat.S_IMODE((tmp_path / "home" / "key").stat().st_mode) == 0o600
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["key"]


def test_two_warehouses_have_two_keys(tmp_path: Path) -> None:
    assert portfolio_key(tmp_path / "a") != portfolio_key(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    portfolio_key(tmp_path)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(PermissionError, match="chmod 600"):
        portfolio_key(tmp_path)


def test_an_empty_key_is_refused(bench: Bench) -> None:
    bench.rows_of("people", [{"person_id": "ann"}])
    with pytest.raises(ValueError, match="key for pseudonyms is empty"):
        bench.land(key=b"")
    assert bench.tree() == {}


def test_a_change_of_a_field_that_holds_people_lands_as_pseudonyms_and_any_other_as_it_is(bench: Bench) -> None:
    fields = {"assignee": True, "Assigned To": True, "reporter_id": True, "reviewed by": True, "status": False}
    row = good_row("work_item_changes") | {"from_value": "ann", "to_value": "bob"}
    bench.rows_of("work_item_changes", [row | {"field": field} for field in fields])
    bench.land()
    found = bench.query("select field, from_value, to_value from landing.work_item_changes order by _record")
    hidden = (pseudonym("ann"), pseudonym("bob"))
    assert found == [(field, *(hidden if is_person else ("ann", "bob"))) for field, is_person in fields.items()]


def test_a_rejected_change_of_a_person_is_masked(bench: Bench) -> None:
    row = good_row("work_item_changes") | {"from_value": "ann.unmistakable", "changed_at": "soon"}
    bench.rows_of("work_item_changes", [row | {"field": "assignee"}, row | {"field": "due_date", "from_value": "x"}])
    bench.land()
    found = bench.query("select original ->> 'from_value' from landing.quarantine order by _record")
    assert found == [("***",), ("x",)]


ADA = "ada@example.org"
BROKEN = {
    "a line of another width": (f"id,label\nt1,One\n{ADA},Two,three\n", MAP_TEAMS),
    "a quote that never ends": (f'id,label\nt1,One\nt2,"{ADA}\n', MAP_TEAMS),
    "a text that is no number": (
        f"id,label\n{ADA},One\n",
        "select id::int as team_id, label as name, _file, _record from raw.export",
    ),
    "a text that is no day": (
        f"id,label\n{ADA},One\n",
        "select id::date as team_id, label as name, _file, _record from raw.export",
    ),
    "a text that is no JSON": (
        f"id,label\n'{{{ADA}',One\n",
        "select (id::json->>'a') as team_id, label as name, _file, _record from raw.export",
    ),
    "a text of another form": (
        f"id,label\n{ADA},One\n",
        "select strptime(id, '%Y') as team_id, label as name, _file, _record from raw.export",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_no_message_quotes_a_value(bench: Bench, case: str) -> None:
    export, mapping = BROKEN[case]
    bench.write("data/export.csv", export)
    bench.write("feeds/teams.sql", mapping)
    with pytest.raises(LandingError) as raised:
        bench.land()
    assert "ada" not in str(raised.value)


def test_no_message_of_a_control_quotes_a_value(bench: Bench) -> None:
    bench.write("data/export.csv", f"id,label\n{ADA},One\n")
    bench.write("feeds/teams.sql", MAP_TEAMS)
    bench.write("feeds/teams.control.sql", "select 'count(*)' as measure, id as expected from raw.export")
    with pytest.raises(LandingError, match="can't be evaluated") as raised:
        bench.land()
    assert "ada" not in str(raised.value)


@pytest.mark.parametrize("are_people", [True, False])
def test_a_customer_lands_as_a_pseudonym_where_customers_are_people(bench: Bench, are_people: bool) -> None:
    feeds = [feed for feed, contract in CONTRACTS.items() if any(c.personal_if for c in contract.columns)]
    for feed in feeds:
        bench.rows_of(feed, [good_row(feed) | {"customer_id": "ann"}])
    bench.land(rules=RULES.model_copy(update={"customers_are_people": are_people}))
    with bench.stage() as connection:
        found = {feed: connection.execute(f"select customer_id from landing.{feed}").fetchone() for feed in feeds}
    assert found == dict.fromkeys(feeds, (pseudonym("ann") if are_people else "ann",))
    assert len(feeds) == 4
