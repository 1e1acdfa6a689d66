"""Personal identifiers land as keyed HMACs, and the key is its owner's alone."""

import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from sources.pseudonyms import portfolio_key
from tests.sources.bench import KEY, Bench
from tests.sources.feed_table import FEEDS, columns_of, good_row

PERSONAL = [(feed, c.name) for feed in FEEDS for c in columns_of(feed) if c.personal == "id"]


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
