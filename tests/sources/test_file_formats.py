"""CSV of any country and JSON of any tool: read as it is written, and what was seen in it is said."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import json_records
from sources.config import FileLimits, FileSettings
from sources.delimited import how_written
from sources.errors import LandingError
from sources.files import RawFile, raw_files, settings_of
from sources.reader import Offered, offer, sandbox
from tests.sources.bench import Bench

GERMAN = "Beleg;Währung;Text\nR-1;EUR;Büromiete\n"
CITIES = "Ort,Straße\nKöln,Hauptstraße\n"
REPORT = 'Company\nBy account\n"January 1, 2025"\n\n,Date,Num\nRent,,\n,01/15/2025,101\nTOTAL,,\n'
TWO_ROWS = "Costs\n\n,2025,,2026,\nid,plan,actual,plan,actual\n1,2,3,4,5\n"

# the bytes, what is declared, the words, the columns, the first row
WRITTEN: dict[str, tuple[bytes, dict[str, Any], str, list[str], list[str | None]]] = {
    "semicolons": (b"a;b\n1;2,5\n", {}, "semicolon, UTF-8", ["a", "b"], ["1", "2,5"]),
    "tabs": (b"a\tb,c\n1\t2\n", {}, "tab, UTF-8", ["a", "b,c"], ["1", "2"]),
    "vertical bars": (b"a|b\n1|2\n", {}, "vertical bar, UTF-8", ["a", "b"], ["1", "2"]),
    "another separator": (b"a~b\n1~2\n", {"separator": "~"}, "'~', UTF-8", ["a", "b"], ["1", "2"]),
    "a tab by its name": (b"a,\tb\n1,\t2\n", {"separator": "tab"}, "tab, UTF-8", ["a,", "b"], ["1,", "2"]),
    "one column": (b"a\n1\n", {}, "comma, UTF-8", ["a"], ["1"]),
    "separators in quotes": (b'"a;b","c;d"\n"1;2","3"\n', {}, "comma, UTF-8", ["a;b", "c;d"], ["1;2", "3"]),
    "a decimal comma in each row": (b"a;b\n1;2,5\n2;3,5\n", {}, "semicolon, UTF-8", ["a", "b"], ["1", "2,5"]),
    "Excel's line for Europe": (b"sep=,\r\na,b\r\n1,2\r\n", {}, "comma, UTF-8, header in line 2", ["a", "b"], ["1", "2"]),
    "Excel's line with a BOM": (
        b"\xef\xbb\xbfsep=;\r\na;b\r\n1;2\r\n", {}, "semicolon, UTF-8, header in line 2", ["a", "b"], ["1", "2"],
    ),
    "Windows-1252": (GERMAN.encode("cp1252"), {}, "semicolon, Windows-1252", ["Beleg", "Währung", "Text"], ["R-1", "EUR", "Büromiete"]),
    "Windows-1252 late": (
        ("a;b\n" + "1;x\n" * 400_000 + "2;Büro\n").encode("cp1252"), {}, "semicolon, Windows-1252", ["a", "b"], ["1", "x"],
    ),
    "a euro sign": ("Preis (€);x\n3;4\n".encode("cp1252"), {}, "semicolon, Windows-1252", ["Preis (€)", "x"], ["3", "4"]),
    "Greek": ("Όνομα;Τμήμα\n1;Πωλήσεις\n".encode("cp1253"), {}, "semicolon, Windows-1253", ["Όνομα", "Τμήμα"], ["1", "Πωλήσεις"]),
    "French, declared": (
        "Nom;Première\nx;déjà\n".encode("cp1252"), {"encoding": "cp1252"}, "semicolon, Windows-1252", ["Nom", "Première"], ["x", "déjà"],
    ),
    "Czech, declared": ("Název;x\n1;Příkop\n".encode("cp1250"), {"encoding": "windows-1250"}, "semicolon, Windows-1250", ["Název", "x"], ["1", "Příkop"]),
    "UTF-16": (CITIES.encode("utf-16"), {}, "comma, UTF-16", ["Ort", "Straße"], ["Köln", "Hauptstraße"]),
    "UTF-16 without a BOM": (CITIES.encode("utf-16-be"), {}, "comma, UTF-16", ["Ort", "Straße"], ["Köln", "Hauptstraße"]),
    "UTF-16, declared": (CITIES.encode("utf-16"), {"encoding": "utf-16"}, "comma, UTF-16", ["Ort", "Straße"], ["Köln", "Hauptstraße"]),
    "UTF-32": (CITIES.encode("utf-32"), {}, "comma, UTF-32", ["Ort", "Straße"], ["Köln", "Hauptstraße"]),
    "titles above": (REPORT.encode(), {}, "comma, UTF-8, header in line 5", ["", "Date", "Num"], ["Rent", None, None]),
    "titles padded by a spreadsheet": (b"Report;;\n;;\na;b;c\n1;x;2\n", {}, "semicolon, UTF-8, header in line 3", ["a", "b", "c"], ["1", "x", "2"]),
    "an empty first line": (b"\na,b\n1,2\n", {}, "comma, UTF-8, header in line 2", ["a", "b"], ["1", "2"]),
    "a header in line 2, declared": (b"x,y\na,b\n1,2\n", {"header": 2}, "comma, UTF-8, header in line 2", ["a", "b"], ["1", "2"]),
    "two header rows": (
        TWO_ROWS.encode(), {"header": [3, 4]}, "comma, UTF-8, header in lines 3 to 4",
        ["id", "2025 plan", "2025 actual", "2026 plan", "2026 actual"], ["1", "2", "3", "4", "5"],
    ),
    "no header": (b"1,2\n", {"header": 0}, "comma, UTF-8, no header", ["", ""], ["1", "2"]),
    "a line below": (b"a;b\n1;2\nTotal\n\n", {"footer": 1}, "semicolon, UTF-8, without the last line", ["a", "b"], ["1", "2"]),
    "lines below titles": (
        b"T\na;b;c\n1;2;3\nTotal\nof 2025\n", {"footer": 2}, "semicolon, UTF-8, header in line 2, without the last 2 lines", ["a", "b", "c"], ["1", "2", "3"],
    ),
    "single quotes": (b"'a,b',c\n'1,2',3\n", {"quote": "'"}, "comma, UTF-8", ["a,b", "c"], ["1,2", "3"]),
    "no quotes": (b'a;b\n1;5" pipe\n', {"quote": ""}, "semicolon, UTF-8", ["a", "b"], ["1", '5" pipe']),
}  # fmt: skip


def opened(bench: Bench, name: str, **declared: Any) -> tuple[Offered, list[tuple[Any, ...]]]:
    """The one file below data/ as it is offered, and its rows."""
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    with sandbox(spill, bench.folder / "data", copies) as connection:
        return opened_by(connection, bench, name, **declared)


def opened_by(
    connection: duckdb.DuckDBPyConnection, bench: Bench, name: str, **declared: Any
) -> tuple[Offered, list[tuple[Any, ...]]]:
    raw = raw_files(bench.folder, "data", {name: FileSettings.model_validate(declared)})[name.partition(".")[0]]
    found = offer(connection, raw, bench.folder.parent / "copies")
    return found, connection.execute(f'select * from raw."{raw.name}"').fetchall()


@pytest.mark.parametrize("case", WRITTEN)
def test_a_csv_file_is_read_as_it_is_written(bench: Bench, case: str) -> None:
    content, declared, words, columns, row = WRITTEN[case]
    bench.write("data/a.csv", content)
    found, rows = opened(bench, "a.csv", **declared)
    assert (found.words, list(found.columns), list(rows[0][:-2])) == (words, columns, row)


def test_what_was_seen_in_a_file_is_in_its_load(bench: Bench) -> None:
    bench.write("data/export.csv", "Teams\n\nid;label;x\nt1;Küche;\n".encode("cp1252"))
    bench.write("feeds/teams.sql", "select id as team_id, label as name, _file, _record from raw.export")
    said = {"data/export.csv": "semicolon, Windows-1252, header in line 3"}
    assert bench.land()["teams"].read == said
    assert bench.record("teams")["files"] == [{"file": file, "read_as": words} for file, words in said.items()]
    assert bench.query("select name from landing.teams") == [("Küche",)]


NAMES = st.text("abcXYZ_ üß", max_size=6).map(lambda text: f"n{text}n")
VALUES = st.text("abc ,;|\t\"'\nüßé€.-+1234", max_size=8)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, duckdb.DuckDBPyConnection]]:
    """One portfolio and sandbox for all drawn files, as opening one takes longer than reading a file."""
    bench = Bench(tmp_path_factory.mktemp("drawn"))
    with sandbox(bench.folder.parent / "spill", bench.folder / "data", bench.folder.parent / "copies") as connection:
        yield bench, connection


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=4)
    ),
    data=st.data(),
    separator=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n"]),
    depth=st.integers(0, 3),
    footer=st.integers(0, 2),
)
def test_a_declared_file_round_trips(
    everywhere: tuple[Bench, duckdb.DuckDBPyConnection],
    rows: list[list[str]],
    data: st.DataObject,
    separator: str,
    encoding: str,
    end: str,
    depth: int,
    footer: int,
) -> None:
    bench, connection = everywhere
    names = data.draw(st.lists(NAMES, min_size=len(rows[0]) if rows else 2, max_size=len(rows[0]) if rows else 2))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    out.write(f"title{end}" * depth)
    writer.writerows([names, *rows])
    out.write(f"below{end}" * footer)
    path = bench.write("data/a.csv", out.getvalue().encode(encoding))
    declared = FileSettings(separator=separator, encoding=encoding, header=depth + 1, footer=footer)
    how = how_written(RawFile("a", path, "data/a.csv", ".csv", declared), FileLimits())
    assert (list(how.columns), how.header) == (names, (depth + 1,))
    _, found = opened_by(connection, bench, "a.csv", **declared.model_dump(exclude_defaults=True))
    assert [list(row[:-2]) for row in found] == [[value or None for value in row] for row in rows]


# columns


def test_a_repeated_header_never_takes_the_name_of_a_column(bench: Bench) -> None:
    bench.write("data/a.csv", "Labels,Labels,Labels_2,Sprint,Sprint,Sprint\n1,2,own,a,b,c\n")
    _, [row] = opened(bench, "a.csv")
    assert row[:-2] == ("1", "2", "own", "a", "b", "c")
    assert rows_of(bench, 'select "Labels_2", "Labels_3", "Sprint_2", "Sprint_3" from raw.a') == [
        ("own", "2", "b", "c")
    ]


def rows_of(bench: Bench, sql: str, **declared: Any) -> list[tuple[Any, ...]]:
    (raw,) = raw_files(bench.folder, "data", {"*": FileSettings.model_validate(declared)}).values()
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    with sandbox(spill, bench.folder / "data", copies) as connection:
        offer(connection, raw, copies)
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("content", "sprints"),
    [
        ("Key,Sprint,sprint,Sprint\n1,a,,c\n", ["a", "c"]),
        ("Key,Sprint\n1,a\n", ["a"]),
        ("Key,Sprint\n1,\n", []),
        ("Key,Other\n1,x\n", []),
    ],
)
def test_a_list_has_all_columns_of_one_name_however_many(bench: Bench, content: str, sprints: list[str]) -> None:
    bench.write("data/a.csv", content)
    assert rows_of(bench, 'select "Sprint" from raw.a', lists=["Sprint"]) == [(sprints,)]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_an_optional_column_is_empty_where_it_is_absent(bench: Bench, name: str) -> None:
    bench.write(f"data/{name}", "Key\n1\n" if name == "a.csv" else '{"Key": 1}\n')
    assert rows_of(bench, 'select "Key", "Due" from raw.a', optional=["Due", "key"]) == [("1", None)]


def test_settings_of_a_file_are_those_of_all_patterns_that_match() -> None:
    declared = {
        "*.csv": FileSettings(separator=";", footer=1),
        "data/2025-*/costs.csv": FileSettings(footer=2),
        "costs[1].csv": FileSettings(header=3),
    }
    assert settings_of("data/2025-01-31/costs.csv", declared) == FileSettings(separator=";", footer=2)
    assert settings_of("data/costs[1].csv", declared) == FileSettings(separator=";", footer=1, header=3)


# JSON


@pytest.mark.parametrize(
    ("content", "declared", "words"),
    [
        ('{"total": 1, "issues": [{"id": 1}]}', {}, "JSON, records at issues"),
        ('{"a": [1], "b": {"issues": [{"id": 1}]}}', {"records_at": "b.issues"}, "JSON, records at b.issues"),
        ('{"id": 1}\n{"x": 2}\n', {}, "JSON lines"),
        ('[{"id": 1}]', {}, "JSON"),
    ],
)
def test_a_json_file_is_read_as_it_is_written(bench: Bench, content: str, declared: dict[str, Any], words: str) -> None:
    bench.write("data/a.json", content)
    found, rows = opened(bench, "a.json", **declared)
    assert (found.words, rows[0][0]) == (words, "1")


def test_digits_are_kept_within_nested_values_and_wrapped_records(bench: Bench) -> None:
    number = "1234567890123456789012345678901234567890.12"
    bench.write(
        "data/a.json", f'{{"issues": [{{"a": {{"d": 1.10, "e": [{number}]}}, "b": {number}, "c": 9007199254740993}}]}}'
    )
    assert rows_of(bench, "select a, b, c from raw.a") == [(f'{{"d":1.10,"e":[{number}]}}', number, "9007199254740993")]


NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
TEXTS = st.text('ab,:[]{}"\\ 0123456789.eE-', max_size=12)
NESTED = st.recursive(
    NUMBERS.filter(lambda text: text != "-0").map(lambda text: ("number", text))
    | TEXTS.map(lambda text: ("text", text)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def as_json(value: Any, colon: str, comma: str) -> str:
    """A drawn value as JSON, with blanks around its signs or not."""
    match value:
        case ("number", text):
            return text
        case ("text", text):
            return json.dumps(text)
        case list():
            return f"[{comma.join(as_json(part, colon, comma) for part in value)}]"
        case _:
            parts = (json.dumps(name) + colon + as_json(part, colon, comma) for name, part in value.items())
            return f"{{{comma.join(parts)}}}"


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(NESTED, min_size=1, max_size=4),
    colon=st.sampled_from([":", ": ", " : "]),
    comma=st.sampled_from([",", ", ", " , "]),
)
def test_every_number_of_a_json_file_keeps_its_digits(
    everywhere: tuple[Bench, duckdb.DuckDBPyConnection], values: list[Any], colon: str, comma: str
) -> None:
    bench, connection = everywhere
    records = [{"a": value, "b": ("text", "x")} for value in values]
    bench.write("data/drawn.jsonl", "".join(as_json(record, colon, comma) + "\n" for record in records))
    _, found = opened_by(connection, bench, "drawn.jsonl")

    def read(text: str) -> Any:
        return json.loads(text, parse_int=lambda digits: ("n", digits), parse_float=lambda digits: ("n", digits))

    for value, row in zip(values, found, strict=True):
        if isinstance(value, tuple):
            assert row[0] == (value[1] or None)
        else:
            assert read(row[0] or "") == read(as_json(value, ":", ","))


def test_a_number_that_is_none_is_a_missing_value(bench: Bench) -> None:
    bench.write("data/a.json", '[{"a": NaN, "b": "NaN", "c": 1.5}]')
    assert rows_of(bench, "select a, b, c from raw.a") == [(None, "NaN", "1.5")]


@pytest.mark.parametrize("name", ["export.json", "export.jsonl"])
def test_a_list_of_no_records_is_none_whatever_the_mapping_reads(bench: Bench, name: str) -> None:
    bench.write("feeds/teams.sql", "select e.id as team_id, e.label as name, e._file, e._record from raw.export as e")
    bench.write(f"data/{name}", "[]" if name == "export.json" else "\n")
    assert bench.land()["teams"].counts["records"] == 0


RECORDS = [
    r'{"id":"1","text":"a \"quoted\" \u00fc\n","nested":{"price":1.10,"ids":[12345678901234567890]},"":"no name"}',
    r'{"id":2,"amount":1234567890123456789012345678901234567890.10,"flag":true,"text":"","Text":"null"}',
    r'{"nested":["a, \\"],"amount":null,"text":"Köln"}',
    "{}",
]


def test_records_of_a_pull_are_split_as_they_would_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "BATCH", 60)  # several batches, of which later ones have more members
    bench.write("data/a.jsonl.gz", gzip.compress("\n".join(RECORDS).encode()))
    found, rows = opened(bench, "a.jsonl.gz")
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    path = bench.folder / "data" / "a.jsonl.gz"
    pulled = RawFile("a", path, "data/a.jsonl.gz", ".jsonl", sha256="", records=len(RECORDS))
    with sandbox(spill, bench.folder / "data", copies) as connection:
        split = offer(connection, pulled, copies)
        assert (split.columns, connection.execute("from raw.a").fetchall()) == (found.columns, rows)
    assert rows[0][found.columns.index("nested")] == '{"price":1.10,"ids":[12345678901234567890]}'
    assert rows[1][found.columns.index("amount")] == "1234567890123456789012345678901234567890.10"


@pytest.mark.parametrize("line", ["[1]", '{"id": NaN}', '{"id": 1'])
def test_a_pull_with_a_line_that_is_no_object_is_refused(bench: Bench, line: str) -> None:
    bench.write("data/a.jsonl", f'{{"id":"1"}}\n{line}\n'.encode())
    pulled = RawFile("a", bench.folder / "data/a.jsonl", "data/a.jsonl", ".jsonl", sha256="", records=2)
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    with (
        sandbox(spill, bench.folder / "data", copies) as connection,
        pytest.raises(LandingError, match="a line that is not an object"),
    ):
        offer(connection, pulled, copies)
