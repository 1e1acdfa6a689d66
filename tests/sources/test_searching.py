"""The search finds a person whatever a file is written in, and takes nobody for them who isn't."""

import base64
import gzip
import hashlib
import hmac
import html
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from sources import forgotten, searching
from sources.searching import search, spellings
from tests.sources.bench import KEY

ZOE = 'Zoë "Z" O\'Hara & Söhne'
MAIL = "zoe@example.org"
DIGEST = hmac.new(KEY, MAIL.encode(), hashlib.sha256).digest()
SHORT = DIGEST[:16]


def found(folder: Path, subjects: Sequence[str] = (ZOE, MAIL)) -> set[str]:
    """Files that name somebody."""
    seen = search(folder, forgotten.sought(KEY, subjects))
    assert seen.unread == ()
    return {place.path for place in seen.places}


WRITTEN = {
    "as it is": MAIL.encode(),
    "in capitals": MAIL.upper().encode(),
    "in JSON": json.dumps({"who": ZOE}).encode(),
    "in JSON beyond ASCII": json.dumps({"who": f"to\n{ZOE}"}, ensure_ascii=False).encode(),
    "in HTML": html.escape(ZOE).encode(),
    "in HTML of a template": html.escape(ZOE).replace("&#x27;", "&#39;").replace("&quot;", "&#34;").encode(),
    "in an address": quote(f"/who/{ZOE}").encode(),
    "in CSV": ('"' + ZOE.replace('"', '""') + '"').encode(),
    "in SQL": ("'" + ZOE.replace("'", "''") + "'").encode(),
    "a pseudonym": SHORT.hex().encode(),
    "a whole digest": DIGEST.hex().upper().encode(),
    "a digest's bytes": b"\x00" + DIGEST,
    "a pseudonym's bytes": SHORT,
    "base64 of a digest": base64.b64encode(DIGEST),
    "base64 of a pseudonym's bytes": base64.urlsafe_b64encode(SHORT),
    "base64 of a pseudonym": base64.b64encode(SHORT.hex().encode()),
    "unpacked": gzip.compress(b"x" * 5000 + b" " + MAIL.encode()),
    "in text that is no UTF-8": b"\xff\xfe " + MAIL.encode() + b" \xff",
}


@pytest.mark.parametrize("way", WRITTEN)
def test_it_is_found_as_it_is_written(tmp_path: Path, way: str) -> None:
    (tmp_path / "file").write_bytes(WRITTEN[way])
    assert found(tmp_path) == {"file"}


@pytest.mark.parametrize("text", ["mezoe@example.org", "zoe@example.orgs", "zoe@example", "ëzoe@example.org"])
def test_another_word_is_somebody_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert found(tmp_path) == set()


@pytest.mark.parametrize("away", [-20, -1, 0, 1, 7, 20])
def test_nothing_is_cut_in_two_where_a_chunk_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: int) -> None:
    monkeypatch.setattr(searching, "CHUNK", 4096)
    (tmp_path / "file").write_bytes(b"." * (8192 + away) + MAIL.encode() + b"." * 9000)
    (tmp_path / "other").write_bytes(b"." * (8192 + away) + b"me" + MAIL.encode() + b"." * 9000)
    seen = search(tmp_path, forgotten.sought(KEY, [MAIL]))
    assert [(place.path, place.what) for place in seen.places] == [("file", "1 times")]


TABLES = {
    "a text": f"'{MAIL}'",
    "a list": f"['x', '{MAIL}']",
    "a struct": f"{{'who': '{MAIL}'}}",
    "JSON": f"""'{{"who": "to\\n{MAIL}"}}'""",
    "bytes": f"'{MAIL}'::blob",
    "a pseudonym": f"'{SHORT.hex()}'",
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_are_decoded(tmp_path: Path, kind: str) -> None:
    rows = f"select i, case when i = 77777 then {TABLES[kind]} end as value from range(90000) as t(i)"
    duckdb.execute(f"copy ({rows}) to '{tmp_path}/no_ending' (format parquet, compression zstd)")
    with duckdb.connect(str(tmp_path / "file.db")) as connection:
        connection.execute(f"create schema s; create table s.t as {rows}")
    assert found(tmp_path) == {"no_ending", "file.db"}


def test_what_a_database_says_of_its_tables_is_read(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "file.db")) as connection:
        connection.execute(f"create table t (i int); comment on table t is 'ask {MAIL}'")
    assert found(tmp_path) == {"file.db"}


def test_names_and_links_are_read(tmp_path: Path) -> None:
    (tmp_path / MAIL).mkdir()
    (tmp_path / "link").symlink_to(f"gone/{MAIL}")
    (tmp_path / SHORT.hex()).write_text("")
    assert found(tmp_path) == {MAIL, "link", SHORT.hex()}


def test_a_file_that_cannot_be_read_is_told_apart_from_a_clean_one(tmp_path: Path) -> None:
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "torn.db").write_bytes(b"\x00" * 8 + b"DUCK" + b"\x00" * 100)
    (tmp_path / "torn.gz").write_bytes(gzip.compress(b"x" * 100_000)[:40])
    seen = search(tmp_path, forgotten.sought(KEY, [MAIL]))
    assert {place.path for place in seen.unread} == {"torn.parquet", "torn.db", "torn.gz"}


def test_what_is_to_be_passed_is_passed(tmp_path: Path) -> None:
    for name in ("home", "data"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(MAIL)
    seen = search(tmp_path, forgotten.sought(KEY, [MAIL]), passing=tmp_path / "home")
    assert (seen.files, {place.path for place in seen.places}) == (1, {"data/file"})


def test_a_number_is_not_looked_for_in_texts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("42 points")
    assert found(tmp_path, ["42"]) == set()


def test_spellings_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\nZoe@Example.org\njzoe@example.org\n")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"id\nZOE@example.org\n"))
    duckdb.execute(f"copy (select 'zoe@EXAMPLE.org' as id) to '{tmp_path}/c.parquet'")
    assert spellings(tmp_path, forgotten.sought(KEY, [MAIL])) == {
        "Zoe@Example.org",
        "ZOE@example.org",
        "zoe@EXAMPLE.org",
    }
