"""Excel and OpenDocument files: each visible sheet is a table of texts, and nothing in it is guessed or lost."""

from datetime import date, datetime
from typing import Any

import pytest

from sources.config import FileLimits, FileSettings
from sources.errors import LandingError
from sources.files import raw_files
from sources.reader import offer, sandbox
from tests.sources.bench import Bench
from tests.sources.spreadsheets import Cell, Sheet, ods, xlsx

COSTS = Sheet(
    "Costs", [["id", "day", "amount"], ["1", date(2025, 4, 28), 1234.5], ["2", datetime(2025, 4, 28, 9, 5), 4000.0]]
)


def read(
    bench: Bench, name: str, content: bytes, limits: FileLimits | None = None, **declared: Any
) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """Of each sheet that is read: how it is written in words, and its rows."""
    bench.write(f"data/{name}", content)
    files = raw_files(bench.folder, "data", {"*": FileSettings.model_validate(declared)}, limits)
    spill, copies = bench.folder.parent / "spill", bench.folder.parent / "copies"
    with sandbox(spill, bench.folder / "data", copies) as connection:
        words = {raw.name: offer(connection, raw, copies, limits=limits).words for raw in files.values()}
        return {view: (said, connection.execute(f"from raw.{view}").fetchall()) for view, said in words.items()}


def test_a_sheet_is_a_table_of_texts(bench: Bench) -> None:
    rows: list[list[Cell]] = [
        ["id", "v"],
        ["t", True],
        ["i", 12345678901234.0],
        ["f", 0.1],
        ["s", "1,50"],
        [None, None],
        ["e", None],
    ]
    assert read(bench, "a.xlsx", xlsx(COSTS)) == {
        "a": (
            "sheet Costs, header in row 1",
            [("1", "2025-04-28", "1234.5", "data/a.xlsx", 1), ("2", "2025-04-28T09:05:00", "4000", "data/a.xlsx", 2)],
        )
    }
    (bench.folder / "data/a.xlsx").unlink()
    [(_, found)] = read(bench, "b.xlsx", xlsx(Sheet("S", rows))).values()
    assert [row[:2] for row in found] == [
        ("t", "true"),
        ("i", "12345678901234"),
        ("f", "0.1"),
        ("s", "1,50"),
        ("e", None),
    ]


def test_each_visible_sheet_is_a_view_and_hidden_ones_are_named(bench: Bench) -> None:
    book = xlsx(
        COSTS,
        Sheet("Plan 2025", [["k"], ["v"]]),
        Sheet("Old", [["k"], ["v"]], "hidden"),
        Sheet("Older", [["k"]], "veryHidden"),
    )
    found = read(bench, "a.xlsx", book)
    assert {view: said for view, (said, _) in found.items()} == {
        "a__costs": "sheet Costs, header in row 1; hidden sheets left out: Old, Older",
        "a__plan_2025": "sheet Plan 2025, header in row 1; hidden sheets left out: Old, Older",
    }
    assert found["a__plan_2025"][1] == [("v", "data/a.xlsx#Plan 2025", 1)]


def test_the_sheets_that_are_declared_are_read_with_their_header_and_footer(bench: Bench) -> None:
    rows: list[list[Cell]] = [
        ["Report", None, None],
        [None, 2025.0, None],
        ["id", "plan", "actual"],
        ["1", 2.0, 3.0],
        ["Total", 2.0, 3.0],
    ]
    book = xlsx(COSTS, Sheet("Plan", rows, "hidden", ["B2:C2", "A2:A3"]))
    found = read(bench, "a.xlsx", book, sheets={"Plan": {"header": [2, 3], "footer": 1}})
    assert found == {"a": ("sheet Plan, header in rows 2 to 3", [("1", "2", "3", "data/a.xlsx", 1)])}


def test_titles_are_skipped_and_merged_cells_filled(bench: Bench) -> None:
    rows: list[list[Cell]] = [
        ["Report", None, None],
        ["team", "id", "v"],
        ["A", "1", "x"],
        [None, "2", "y"],
        ["B", "3", "z"],
    ]
    [(said, found)] = read(bench, "a.xlsx", xlsx(Sheet("S", rows, merged=["A3:A4", "A1:C1"]))).values()
    assert [row[:2] for row in found] == [("A", "1"), ("A", "2"), ("B", "3")]
    assert said == "sheet S, header in row 2"


def test_an_opendocument_file_is_read(bench: Bench) -> None:
    assert read(bench, "a.ods", ods("S", [["id", "name"], ["1", "Ä"]])) == {
        "a": ("sheet S, header in row 1", [("1", "Ä", "data/a.ods", 1)])
    }


def formula(cell: str) -> bytes:
    return xlsx(Sheet("S", [["id", "v"], ["1", 2.0], ["2", 3.0]], raw=(("B3", cell),)))


@pytest.mark.parametrize(
    "cell",
    ['<c r="B3"><f>SUM(B2:B2)</f></c>', '<c r="B3"><f>B2</f><v></v></c>', '<c r="B3"><f t="shared" si="0"/><v/></c>'],
)
def test_a_formula_that_was_never_computed_is_refused(bench: Bench, cell: str) -> None:
    with pytest.raises(
        LandingError,
        match=r"data/a\.xlsx: sheet S has a formula that was never computed, in cell B3\. To fix: open and save it in Excel",
    ):
        read(bench, "a.xlsx", formula(cell))


@pytest.mark.parametrize(
    ("cell", "value"), [('<c r="B3"><f>B2</f><v>7</v></c>', "7"), ('<c r="B3" t="str"><f>""</f><v></v></c>', None)]
)
def test_a_formula_that_was_computed_has_its_value(bench: Bench, cell: str, value: str | None) -> None:
    [(_, found)] = read(bench, "a.xlsx", formula(cell)).values()
    assert found[1][1] == value


def test_a_workbook_of_several_sheets_lands_and_accounts_for_each(bench: Bench) -> None:
    bench.write(
        "data/b.xlsx", xlsx(Sheet("A", [["id", "n"], ["1", "x"]]), Sheet("B", [["id", "n"], ["2", "y"], ["3", "z"]]))
    )
    bench.write(
        "feeds/teams.sql",
        " union all ".join(f"select id as team_id, n as name, _file, _record from raw.b__{s}" for s in "ab"),
    )
    assert bench.land()["teams"].counts["records"] == 3
