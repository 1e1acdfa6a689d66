"""A file that can't be read as it is: one clear sentence with its name, what is wrong and what to do, and nothing lost."""

import gzip
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources.config import FileLimits
from sources.errors import LandingError
from tests.sources.bench import EXPORT, MAP_TEAMS, Bench
from tests.sources.file_faults_page import DOCUMENT, prepared, row, said_of
from tests.sources.spreadsheets import Sheet, xlsx

Fault = tuple[str, bytes | Callable[[Path], object], dict[str, Any], str]  # file, content, what is declared, the words

TORN_LATE = "id,label\n" + "".join(f"t{i},x\n" for i in range(30_000)) + "t\n"
GOOD = EXPORT.encode()
BOOK = xlsx(Sheet("S", [["id", "label"], ["t1", "One"]]))
CSV = "export.csv"
LIMITS = FileLimits.model_validate({"unpacked": 3_000_000, "workbook": 100_000, "record": 1_000_000, "columns": 50})


def edited(old: str, new: str) -> bytes:
    return EXPORT.replace(old, new).encode()


def not_utf8(path: Path) -> None:
    Path(os.fsdecode(os.fsencode(path.parent) + b"/\xff.csv")).write_bytes(GOOD)
    path.write_bytes(GOOD)


FAULTS: dict[str, Fault] = {
    # text
    "empty": (CSV, b"", {}, "the file is empty"),
    "BOM alone": (CSV, b"\xef\xbb\xbf", {}, "no column names"),
    "blank lines alone": (CSV, b"\n\r\n \n", {}, "no column names"),
    "header only": (CSV, b"id,label\n", {}, "0 good rows"),
    "Latin letters that may be others": (CSV, "id,label\nt1,Père\n".encode("cp1252"), {}, r"a character is è in Windows-1252, č in Windows-1250.*\{encoding: cp1252\}"),
    "not what is declared": (CSV, GOOD + b"\xff;3\n", {"encoding": "utf-8"}, "line 7 is not UTF-8"),
    "torn utf-16": (CSV, EXPORT.encode("utf-16")[:-1], {}, "is not UTF-16"),
    "a binary": (CSV, bytes(range(256)) * 10, {}, "To fix"),
    # records
    "torn line": (CSV, GOOD + b"t6", {}, "line 7 has 1 value, and the header has 2 columns"),
    "torn line behind many": (CSV, TORN_LATE.encode(), {}, "line 30002 has 1 value|line 30,002 has 1 value"),
    "torn line in the middle": (CSV, edited("t3,Three", "t3"), {}, "line 4 has 1 value"),
    "torn line below a value of two lines": (CSV, edited("t1,One", 't1,"O\nne"') + b"t6", {}, "line 8 has 1 value"),
    "a value too many": (CSV, edited("t3,Three", "t3,Three,x"), {}, "line 4 has 3 values, and the header has 2 columns"),
    "an empty value too many": (CSV, edited("t3,Three", "t3,Three,"), {}, "a record has 3 fields, and the header names 2"),
    "a value too many in all rows": (CSV, EXPORT.replace(",", ",x,").replace("id,x,", "id,").encode(), {}, r"which line has the column names; line 2 may.*\{header: 2\}"),
    "a total below": (CSV, GOOD + b"Total\n", {}, "line 7 has 1 value.*declare `footer`"),
    "a title that could be a header": (CSV, b"My teams\n" + GOOD, {}, r"which line has the column names; line 2 may"),
    "titles of several values": (CSV, b"a,b\nid,label,x\nt1,One,\nt2,Two,\n", {}, "which line has the column names; line 2 may"),
    "unterminated quote": (CSV, GOOD + b't6,"Six\n', {}, "line 7 has a quote that is not closed"),
    "text behind a quote": (CSV, GOOD + b't6,"Six"x\n', {}, "line 7 has a quote that is not closed, or text after"),
    "mixed line ends": (CSV, edited("\nt3", "\r\nt3"), {}, "line 3 ends otherwise than the one before"),
    "mixed line ends of quoted values": (CSV, b'id,label\r\n"t1","One"\n"t2","Two"\r\n', {}, "line 2 ends otherwise than the one before"),
    "own lineage": (CSV, b"id,label,_file\nt1,One,x\n", {}, "a column called _file"),
    # declarations
    "two separators fit": (CSV, b"id;label,x\nt1;One,2\n", {}, r"separated by comma or by semicolon.*\{separator: ','\}"),
    "the wrong separator": (CSV, GOOD, {"separator": ";"}, "teams.sql.*names a column id, which is not there.*has id,label.*declare in portfolio.yml"),
    "no such header": (CSV, GOOD, {"header": 9}, "line 9, which `header` in portfolio.yml names, has no column names"),
    "fewer lines than the footer": (CSV, GOOD, {"footer": 50}, "fewer than 50 lines, which `footer`"),
    # compression
    "torn gz": ("export.csv.gz", gzip.compress(GOOD)[:-12], {}, "truncated or damaged"),
    "gz without its checksum": ("export.csv.gz", gzip.compress(GOOD)[:-8], {}, "truncated or damaged"),
    "not gz": ("export.csv.gz", GOOD, {}, "truncated or damaged"),
    "empty gz": ("export.csv.gz", gzip.compress(b""), {}, "the file is empty"),
    "torn gz of JSON": ("export.jsonl.gz", gzip.compress(b'{"id": 1}\n')[:-9], {}, "truncated or damaged"),
    # sizes
    "a gzip bomb": ("export.csv.gz", gzip.compress(b"x,y\n" * 1_000_000), {}, r"larger than .*, unpacked.*file_limits.unpacked"),
    "a header without an end": (CSV, b"x," * 1_200_000, {}, "a line longer than .*file_limits.record"),
    "a record without an end": (CSV, b"id,label\nt1," + b"x" * 2_500_000 + b"\n", {}, "a line longer than .*file_limits.record"),
    "a value of many lines that is too long": (CSV, b'id,label\nt1,"' + b"line\n" * 500_000 + b'"\n', {}, "file_limits.record"),
    "a quote that swallows the rest": (CSV, b'id,label\nt1,"One\n' + b"t,x\n" * 600_000, {}, "quote"),
    "50,000 columns": (CSV, b",".join(b"c%d" % i for i in range(50_000)) + b"\n", {}, "50,000 columns, more than 50"),
    "51 members": ("export.jsonl", b"{" + b",".join(b'"m%d":1' % i for i in range(51)) + b"}", {}, "51 members, more than 50"),
    # JSON
    "torn json": ("export.json", b'[{"id": "t1", "label": "One"}, {"id": "t2", "la', {}, "can't be read"),
    "json without its end": ("export.json", b'[{"id": "t1", "label": "One"}', {}, "can't be read"),
    "json with a tail": ("export.json", b'[{"id": "t1", "label": "One"}] x', {}, "can't be read"),
    "empty json": ("export.json", b"", {}, "the file is empty"),
    "a json object": ("export.json", b'{"id": "t1", "label": "One"}', {}, "it is one object, not a list"),
    "a json object of two lists": ("export.json", b'{"a": [], "b": []}', {}, r'several lists: a, b.*\{"records_at": "a"\}'),
    "no list where it is declared": ("export.json", b'{"a": [{"id": 1}]}', {"records_at": "b"}, "no list at b"),
    "a list in spite of the declaration": ("export.json", b'[{"id": 1}]', {"records_at": "b"}, "declares `records_at`, but"),
    "a json list of numbers": ("export.json", b'[{"id": 1}, 2]', {}, "record 2 is not an object"),
    "torn jsonl": ("export.jsonl", b'{"id": "t1", "label": "One"}\n{"id": "t2"', {}, "can't be read"),
    "two objects a line": ("export.jsonl", b'{"id": "t1", "label": "One"}{"id": "t2", "label": "One"}\n', {}, "can't be read"),
    "latin-1 json": ("export.jsonl", '{"id": "t1", "label": "é"}\n'.encode("latin-1"), {}, "can't be read"),
    # Parquet and workbooks
    "torn parquet": ("export.parquet", b"PAR1 and no more", {}, "can't be read"),
    "empty parquet": ("export.parquet", b"", {}, "the file is empty"),
    "no workbook": ("export.xlsx", b"PK no more", {}, "can't be read as a workbook"),
    "a text called xlsx": ("export.xlsx", GOOD, {}, "can't be read as a workbook"),
    "an empty workbook": ("export.xlsx", b"", {}, "the file is empty"),
    "a torn workbook": ("export.xlsx", BOOK[:-40], {}, "can't be read as a workbook"),
    "no visible sheet": ("export.xlsx", xlsx(Sheet("S", [["a"]], "hidden")), {}, "no visible sheet"),
    "no such sheet": ("export.xlsx", BOOK, {"sheets": {"Plan": {}}}, "no sheet Plan.*there are S"),
    "a sheet without a header": ("export.xlsx", xlsx(Sheet("S", [])), {}, "no row of column names"),
    "no header in that row": ("export.xlsx", BOOK, {"header": 9}, "no row of column names in row 9"),
    "a formula never computed": ("export.xlsx", xlsx(Sheet("S", [["id"], ["x"]], raw=(("A2", '<c r="A2"><f>B2</f></c>'),))), {}, "never computed, in cell A2"),
    "a zip bomb": ("export.xlsx", xlsx(Sheet("S", [["a"], ["x" * 2_000_000]])), {}, r"larger than .*, unpacked.*file_limits.workbook"),
    # what is no file
    "a pipe": (CSV, os.mkfifo, {}, "it is a pipe, not a file"),
    "a link to itself": (CSV, lambda path: path.symlink_to(path), {}, "a link to itself"),
    "a link to nothing": (CSV, lambda path: path.symlink_to(path.parent / "no.csv"), {}, "a link to nothing"),
    "a link that leaves": (CSV, lambda path: path.symlink_to("/etc/hostname"), {}, "a link that leaves the portfolio"),
    "a name that is not UTF-8": (CSV, not_utf8, {}, r"\\xff\.csv: its name is not UTF-8"),
    "a file of another name": ("export[1].csv", GOOD, {}, r"reads raw\.export, but there is no such file"),
}  # fmt: skip


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, dict[str, str]]:
    """A source that has landed, and all that it landed."""
    bench = prepared(tmp_path_factory.mktemp("faults"))
    return bench, bench.tree()


PAGE = DOCUMENT.read_text().splitlines()


@pytest.mark.parametrize("case", FAULTS)
def test_a_file_at_fault_is_named_and_nothing_is_lost(landed: tuple[Bench, dict[str, str]], case: str) -> None:
    (bench, before), words = landed, FAULTS[case][3]
    said = said_of(bench, case)
    assert re.search(words, said)
    assert "To fix: " in said and "\n" not in said and len(said) < 700
    assert "teams.sql" not in said or "teams.sql" in words or "reads raw" in words or "0 good rows" in words
    assert bench.tree() == before
    assert row(case, said) in PAGE


def test_the_page_lists_each_fault_and_no_other() -> None:
    rows = [line for line in PAGE if line.startswith("| ")][1:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in rows] == list(FAULTS)
    assert len(FAULTS) >= 60 and PAGE[-1] == f"{len(FAULTS)} faults."


MAPPINGS: dict[str, tuple[str | bytes, str]] = {
    "not UTF-8": ("select 'é' as x".encode("latin-1"), "byte 9 is not UTF-8"),
    "NUL": (b"select 1\0", "NUL"),
    "endless": (MAP_TEAMS + " where (select count(*) from range(100000000) a, range(100000000) b) > 0", "ran for more than 1 seconds"),
}  # fmt: skip


@pytest.mark.parametrize("case", MAPPINGS)
def test_a_mapping_at_fault_is_named(bench: Bench, case: str) -> None:
    content, words = MAPPINGS[case]
    bench.write("data/export.csv", EXPORT)
    bench.write("feeds/teams.sql", content)
    with pytest.raises(LandingError, match=rf"teams\.sql: .*{words}.* To fix: "):
        bench.land(rules=bench.rules(mapping_timeout=1))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.mkdir(), lambda path: path.symlink_to(path)])
@pytest.mark.parametrize("name", ["teams.sql", "teams.csv"])
def test_what_is_no_file_among_the_mappings_is_named(bench: Bench, name: str, make: Callable[[Path], object]) -> None:
    make(bench.folder / "feeds" / name)
    with pytest.raises(LandingError, match=rf"{name}: it is a (pipe|folder|link)"):
        bench.land()


def test_mappings_outside_the_portfolio_are_refused(bench: Bench, tmp_path: Path) -> None:
    (bench.folder / "feeds").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (bench.folder / "feeds").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LandingError, match="feeds: it is a link that leaves the portfolio"):
        bench.land()
