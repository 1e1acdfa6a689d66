"""Excel and OpenDocument files as records: each visible sheet is a table of texts, written to scratch as Parquet."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sources.config import FileLimits, FileSettings
from sources.errors import LandingError

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_BATCH = 10_000  # rows
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# a cell with a formula and without a value
_NO_VALUE = re.compile(rb"<c ([^>]*)>\s*<f[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


@dataclass(frozen=True)
class Sheets:
    """The sheets of a workbook that are read, and those that are left out because they are hidden."""

    read: tuple[str, ...]
    hidden: tuple[str, ...]


def sheets_of(path: Path, relative: str, settings: FileSettings, limits: FileLimits) -> Sheets:
    """The sheets that a workbook has: those declared, else the visible ones.

    Raises LandingError if it can't be read, is too large, or lacks a declared sheet.
    """
    with _workbook(path, relative, limits) as book:
        tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    if missing := [name for name in settings.sheets if name not in {sheet.name for sheet in tables}]:
        raise LandingError(
            f"it has no sheet {missing[0]}, which `sheets` in portfolio.yml names.",
            relative,
            f"correct `sheets`; there are {', '.join(sheet.name for sheet in tables)}.",
        )
    read = tuple(settings.sheets) or tuple(visible)
    if not read:
        raise LandingError("it has no visible sheet.", relative, "name the sheets to read under `files`: `sheets`.")
    return Sheets(read, tuple(sheet.name for sheet in tables if sheet.name not in (*visible, *read)))


def _workbook(path: Path, relative: str, limits: FileLimits) -> CalamineWorkbook:
    """A workbook, opened. Raises LandingError if it can't be read, or is larger than the limit."""
    try:
        size = path.stat().st_size
        if path.suffix.lower() != ".xls" and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                size = sum(part.file_size for part in packed.infolist())
        if size > limits.workbook:
            raise LandingError(
                f"it is larger than {limits.workbook.human_readable()}, unpacked.",
                relative,
                "export it as CSV, or raise file_limits.workbook in portfolio.yml.",
            )
        if not size:
            raise LandingError("the file is empty.", relative, "export it again, or put the last good file back.")
        return CalamineWorkbook.from_path(path)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise LandingError(
            f"it can't be read as a workbook ({' '.join(str(error).split())[:100]}).",
            relative,
            "remove its password if it has one, and save it again as .xlsx.",
        ) from error


def to_parquet(
    path: Path, relative: str, name: str, settings: FileSettings, limits: FileLimits, target: Path
) -> tuple[list[str], str]:
    """Write one sheet's records as texts; the columns are called c0, c1 .. in it.

    Returns the column names, and in words where they are. Raises LandingError if the sheet has no header or a formula
    that was never computed.
    """
    _refuse_uncomputed(path, relative, name)
    with _workbook(path, relative, limits) as book:
        sheet = book.get_sheet_by_name(name)
        rows = enumerate(_filled(sheet), 1)
        header, at = _header(rows, settings, sheet, relative)
        if len(header) > limits.columns:
            raise LandingError(
                f"sheet {name} has {len(header):,} columns, more than {limits.columns:,}.",
                relative,
                "delete the empty ones, or raise file_limits.columns.",
            )
        last = (sheet.end or (0, 0))[0] + 1 - settings.footer
        schema = pa.schema([(f"c{i}", pa.string()) for i in range(len(header))])
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            while batch := list(islice(rows, _BATCH)):
                records = [row for number, row in batch if number <= last and any(cell != "" for cell in row)]
                columns = [
                    pa.array([_text(row[i]) if i < len(row) else None for row in records], pa.string())
                    for i in range(len(header))
                ]
                writer.write_table(pa.table(columns, schema=schema))
    where = f"rows {at[0]} to {at[-1]}" if len(at) > 1 else f"row {at[0]}" if at else ""
    return header, f"sheet {name}, " + (f"header in {where}" if at else "no header")


def _header(
    rows: Iterator[tuple[int, list[Any]]], settings: FileSettings, sheet: CalamineSheet, relative: str
) -> tuple[list[str], tuple[int, ...]]:
    """The column names and their rows: declared, or the first row that is no title. Takes them off `rows`."""
    declared = settings.header
    if declared == (0,):
        (_, left), (_, right) = sheet.start or (0, 1), sheet.end or (0, 0)
        return [""] * (right - left + 1), ()
    above: list[list[str]] = []
    for number, row in rows:
        names = [_text(cell) or "" for cell in row]
        if declared:
            if number >= declared[0]:
                above.append(names)
            if number < declared[-1]:
                continue
            if not any(map(any, above)):
                break
            return joined(above), declared
        if len({name for name in names if name}) > (1 if len(names) > 2 else 0):  # a merged title is repeated
            return names, (number,)
    raise LandingError(
        f"sheet {sheet.name} has no row of column names" + (f" in row {declared[0]}." if declared else "."),
        relative,
        "declare the row in portfolio.yml under `files`: `sheets`.",
    )


def _filled(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows of a sheet from its first one on, each merged cell with the value of its range."""
    first = (sheet.start or (0, 0))[1]  # rows begin with the first column that is used
    ranges = sorted(span for span in sheet.merged_cell_ranges or [] if span[0][1] >= first)
    values: dict[tuple[tuple[int, int], tuple[int, int]], Any] = {}
    for number, row in enumerate(sheet.iter_rows()):
        for span in [span for span in ranges if span[0][0] <= number <= span[1][0]]:
            top, left, right = span[0][0], span[0][1] - first, min(span[1][1] - first, len(row) - 1)
            if number == top:
                values[span] = row[left] if left <= right else ""
            row[left : right + 1] = [values[span]] * (right + 1 - left)
        ranges = [span for span in ranges if span[1][0] > number]
        yield row


def _text(value: Any) -> str | None:
    """A cell as text: dates in ISO 8601, whole numbers without a point; None if it is empty."""
    match value:
        case "":
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _refuse_uncomputed(path: Path, relative: str, name: str) -> None:
    """Raises LandingError for a formula without a value: no spreadsheet has computed it, and it would read as empty."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return
    with zipfile.ZipFile(path) as packed:
        part = _part_of(packed, name)
        if part is None:
            return
        with packed.open(part) as xml:
            rest = b""
            while chunk := xml.read(1 << 20):
                for found in _NO_VALUE.finditer(rest + chunk):
                    if b't="str"' in found[1]:
                        continue  # an empty text
                    cell = re.search(rb'r="([A-Z]+[0-9]+)"', found[1])
                    raise LandingError(
                        f"sheet {name} has a formula that was never computed"
                        + (f", in cell {cell[1].decode()}." if cell else "."),
                        relative,
                        "open and save it in Excel.",
                    )
                rest = (rest + chunk)[-4096:]


def _part_of(packed: zipfile.ZipFile, name: str) -> str | None:
    """The part of an xlsx file with a sheet; None if the file names it in another way than Excel does."""
    names = packed.namelist()
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(names):
        return None
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    ids = [e.get(_RELATION) for e in book.iter() if e.tag.endswith("}sheet") and e.get("name") == name]
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = [e.get("Target", "") for e in relations if ids and e.get("Id") == ids[0]]
    part = "xl/" + targets[0].removeprefix("/xl/") if targets else None
    return part if part in names else None


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Column names of several header rows: a name spanning several columns is repeated, then the rows are joined."""
    width = max(map(len, rows))
    filled: list[list[str]] = []
    for at, row in enumerate(rows):
        names = [*row, *[""] * (width - len(row))]
        if at < len(rows) - 1:
            for i in range(1, width):
                names[i] = names[i] or names[i - 1]
        filled.append(names)
    texts = zip(*filled, strict=True)
    # a merged cell spans rows, too
    return [" ".join(dict.fromkeys(part for part in (n.strip() for n in parts) if part)) for parts in texts]
