"""The raw reader: every format in, nothing guessed, nothing lost, and an error that names the file."""

import gzip
import json
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.errors import LandingError
from sources.files import raw_files
from sources.reader import offer, sandbox
from tests.sources.bench import EXPORT, Bench

ROWS = [("1", "x", "data/{}", 1), ("2", None, "data/{}", 2)]


def read(bench: Bench, sql: str = "select * from raw.{name}") -> list[tuple[Any, ...]]:
    """The rows of the one file below data/, as a mapping sees them."""
    (raw,) = raw_files(bench.folder, "data").values()
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    with sandbox(spill, bench.folder / "data", copies) as connection:
        offer(connection, raw, copies)
        return connection.execute(sql.format(name=raw.name)).fetchall()


def columns(bench: Bench) -> list[str]:
    return [row[0] for row in read(bench, "describe raw.{name}")][:-2]


FORMATS = {
    "a.csv": b"a,b\n1,x\n2,\n",
    "a.csv.gz": gzip.compress(b"a,b\n1,x\n2,\n"),
    "A.CSV.GZ": gzip.compress(b"a,b\n1,x\n2,\n"),
    "members.csv.gz": gzip.compress(b"a,b\n1,x\n") + gzip.compress(b"2,\n"),
    "bom.csv": b"\xef\xbb\xbfa,b\n1,x\n2,\n",
    "crlf.csv": b"a,b\r\n1,x\r\n2,\r\n",
    "no_end.csv": b"a,b\n1,x\n2,",
    "quoted.csv": b'"a","b"\n"1","x"\n"2",""\n',
    "blank_lines.csv": b"a,b\n1,x\n\n2,\n\n",
    "a.json": b'[{"a": 1, "b": "x"}, {"a": "2", "b": null}]',
    "a.jsonl": b'{"a": 1, "b": "x"}\n\n{"a": 2}',
    "a.jsonl.gz": gzip.compress(b'{"a": 1, "b": "x"}\n{"b": "", "a": 2}\n'),
    "bom.json": b'\xef\xbb\xbf[{"a":1,"b":"x"},{"a":2}]',
    'a b\'c "d" \xfc[1]*.csv': b"a,b\n1,x\n2,\n",
    "year=2020/a.csv": b"a,b\n1,x\n2,\n",
    "year=2020/a.json": b'[{"a":1,"b":"x"},{"a":2}]',
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_read_as_text_with_its_lineage(bench: Bench, name: str) -> None:
    bench.write(f"data/{name}", FORMATS[name])
    assert read(bench, 'select * from raw."{name}"') == [(*row[:2], row[2].format(name), row[3]) for row in ROWS]


@pytest.mark.parametrize("name", ["a.parquet", "year=2020/a.parquet"])
def test_parquet_is_read_as_text_nested_values_as_json(bench: Bench, name: str) -> None:
    path = bench.write(f"data/{name}", b"")
    table = {"n": [1, None], "d": ["", "y"], "l": [[1, 2], None], "s": [{"k": "v"}, None], "t": [True, False]}
    pq.write_table(pa.table(table), path)
    assert read(bench, "select n, d, l, s, t, _record from raw.a") == [
        ("1", None, "[1,2]", '{"k":"v"}', "true", 1),
        (None, "y", None, None, "false", 2),
    ]


def test_nested_json_is_json_text(bench: Bench) -> None:
    bench.write("data/a.jsonl", '{"a": {"b": [1, "x"]}, "c": true}\n')
    assert read(bench, "select a, c from raw.a") == [('{"b":[1,"x"]}', "true")]


def test_quoted_newlines_quotes_and_commas_stay(bench: Bench) -> None:
    bench.write("data/a.csv", 'a,b\n1,"x\ny, ""z"""\n2,"p\r\nq"\n')
    assert read(bench, "select b, _record from raw.a") == [('x\ny, "z"', 1), ("p\r\nq", 2)]


def test_utf8_and_nul_bytes_stay(bench: Bench) -> None:
    bench.write("data/a.csv", "a,b\n日本,é\U0001f600\nx\0y,\0\n")
    assert read(bench, "select a, b from raw.a") == [("日本", "é\U0001f600"), ("x\0y", "\0")]


def test_a_megabyte_field_stays(bench: Bench) -> None:
    bench.write("data/a.csv", "a,b\n1," + "x" * 1_000_000 + "\n")
    assert read(bench, "select length(b) from raw.a") == [(1_000_000,)]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
@pytest.mark.parametrize("record", ["1,Smith, John,", "1,Smith,,,", '"1","Smith","",""'])
def test_a_record_with_a_field_too_many_is_refused_even_an_empty_one(bench: Bench, name: str, record: str) -> None:
    text = f'id,name,note\n0,"a\nb",\n{record}\n2,x,y\n'.encode()
    bench.write(f"data/{name}", gzip.compress(text) if name.endswith(".gz") else text)
    with pytest.raises(LandingError, match=r"a record has [45] fields, and the header names 3 columns") as refused:
        read(bench)
    assert refused.value.where == f"data/{name}"


def test_hash_signs_and_backslashes_are_data(bench: Bench) -> None:
    bench.write("data/a.csv", 'a,b\n#1,"x\\"\nNULL,\\N\n')
    assert read(bench, "select a, b from raw.a") == [("#1", "x\\"), ("NULL", "\\N")]


def test_records_are_numbered_in_the_order_of_the_file(bench: Bench) -> None:
    bench.write("data/a.csv", "a,b\n" + "".join(f'{i},"l\nm"\n' for i in range(1, 150_001)))
    assert read(bench, "select count(*), count(*) filter (a::bigint = _record) from raw.a") == [(150_000, 150_000)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a,a,A", ["a", "a_2", "A_3"]),
        ("a,,c", ["a", "column1", "c"]),
        ('"Proposal ID","b""q",c\'s', ["Proposal ID", 'b"q', "c's"]),
        ("a, b ,c", ["a", "b", "c"]),
        ("1,2,3", ["1", "2", "3"]),
    ],
)
def test_a_csv_header_gives_the_names(bench: Bench, header: str, expected: list[str]) -> None:
    bench.write("data/a.csv", f"{header}\n1,2,3\n")
    assert columns(bench) == expected


def test_json_keys_of_any_text_are_columns(bench: Bench) -> None:
    keys = ["a.b", 'q"', "*", "$", "e[0]", "x y", "/~1", "ü"]
    bench.write("data/a.jsonl", json.dumps({key: f"v {key}" for key in keys}) + "\n")
    assert sorted(read(bench)[0][: len(keys)]) == sorted(f"v {key}" for key in keys)


def test_names_differing_in_case_alone_are_both_there(bench: Bench) -> None:
    bench.write("data/a.jsonl", '{"A": 1, "a": 2}\n')
    assert read(bench)[0][:2] == ("1", "2")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1234567890123.4567891234", "1234567890123.4567891234"),
        ("12345678901234567890.123", "12345678901234567890.123"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("5e-7", "5e-7"),
        ("-1.10", "-1.10"),
        ("18446744073709551615", "18446744073709551615"),
    ],
)
def test_a_json_number_keeps_its_digits(bench: Bench, number: str, text: str) -> None:
    bench.write("data/a.json", f'[{{"s": "9.9 \\" 8.8, [7.7]", "n": {number}, "z": "1.5"}}]')
    assert read(bench, "select n, s, z from raw.a") == [(text, '9.9 " 8.8, [7.7]', "1.5")]


def test_a_header_alone_is_a_file_of_no_records(bench: Bench) -> None:
    bench.write("data/a.csv", "a,b\n")
    assert read(bench, "select count(*) from raw.a") == [(0,)]


def test_two_files_of_one_raw_name_are_refused(bench: Bench) -> None:
    bench.write("data/my file.csv", "a\n1\n")
    bench.write("data/my-file.json", "[]")
    with pytest.raises(LandingError, match=r"data/my-file\.json.*raw\.my_file.*data/my file\.csv"):
        raw_files(bench.folder, "data")


def test_hidden_and_other_files_are_left_alone(bench: Bench) -> None:
    for name in (".hidden.csv", "notes.txt", "README.md", "Deep Down/More-2020.csv.gz"):
        bench.write(f"data/{name}", b"")
    assert list(raw_files(bench.folder, "data")) == ["more_2020"]


def test_an_error_is_not_a_bare_database_error(bench: Bench) -> None:
    bench.write("data/export.csv", EXPORT)
    bench.write("feeds/teams.sql", "select nothing as team_id, _file, _record from raw.export")
    with pytest.raises(LandingError, match=r"teams\.sql") as caught:
        bench.land()
    assert isinstance(caught.value.__cause__, duckdb.Error)
