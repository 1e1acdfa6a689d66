"""Files that come in another shape than yesterday: refused, quarantined or warned of in words, or read as before."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.harness import copy_portfolio
from tests.faults.bench import Bench, Fault, in_words, lost_tables, tables_of

Rows = list[list[str]]
SAYS = "read as before, or refused or warned of in words with the served figures unchanged; with the old file again equal to a clean build"


def _rows(change: Callable[[Rows], Rows], **written: str) -> Callable[[Path], None]:
    """A change of a CSV file's rows, the first of which is its header."""

    def harm(path: Path) -> None:
        with path.open(newline="") as file:
            rows = change(list(csv.reader(file)))
        text = io.StringIO()
        csv.writer(text, delimiter=written.get("delimiter", ","), lineterminator="\n").writerows(rows)
        path.write_bytes(text.getvalue().encode(written.get("encoding", "utf-8")))

    return harm


def _column(name: str, change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    """A change of each value of a column."""

    def changed(rows: Rows) -> Rows:
        at = rows[0].index(name)
        return [rows[0], *([*row[:at], change(row[at]), *row[at + 1 :]] for row in rows[1:])]

    return changed


def _without(name: str) -> Callable[[Rows], Rows]:
    def changed(rows: Rows) -> Rows:
        at = rows[0].index(name)
        return [row[:at] + row[at + 1 :] for row in rows]

    return changed


def _header(change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    return lambda rows: [[change(name) for name in rows[0]], *rows[1:]]


def _answers(change: Callable[[dict[str, object]], dict[str, object]]) -> Callable[[Path], None]:
    """A change of each record of a JSON Lines file."""

    def harm(path: Path) -> None:
        path.write_text("".join(json.dumps(change(json.loads(line))) + "\n" for line in path.read_text().splitlines()))

    return harm


ITEMS, LEDGER, ANSWERS = "feeds/work_items.csv", "data/ledger.csv", "feeds/survey_responses.jsonl"
# what changes, in which file, how; and a word of the message where it is refused or warned of
DRIFTS: dict[str, tuple[str, Callable[[Path], object], str | None]] = {
    "required column removed": (ITEMS, _rows(_without("status_category")), "status_category"),
    "column that a mapping reads removed": (LEDGER, _rows(_without("Team")), "Team"),
    "column renamed": (LEDGER, _rows(_header(lambda name: "Cost centre" if name == "Team" else name)), "Team"),
    "column added": (LEDGER, _rows(lambda rows: [[*row, "x" if at else "Clerk"] for at, row in enumerate(rows)]), None),
    "columns in another order": (ITEMS, _rows(lambda rows: [row[::-1] for row in rows]), None),
    "numbers become words": (ITEMS, _rows(_column("estimate_points", lambda value: value and "five")), "estimate_points"),
    "dates in another format": (LEDGER, _rows(_column("Booked", lambda value: "/".join(value.split(".")[1::-1] + value.split(".")[2:]))), "posted_date"),
    "header in capitals": (ITEMS, _rows(_header(str.upper)), "work_item_id"),
    "UTF-16": (ITEMS, _rows(lambda rows: rows, encoding="utf-16"), None),
    "UTF-8 with a byte order mark": (ITEMS, _rows(lambda rows: rows, encoding="utf-8-sig"), None),
    "semicolons": (ITEMS, _rows(lambda rows: rows, delimiter=";"), None),
    "file of 0 bytes": (LEDGER, lambda path: path.write_bytes(b""), "ledger"),
    "header without rows": (ITEMS, _rows(lambda rows: rows[:1]), "work_items"),
    "half of the file": (ITEMS, lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), "work_items"),
    "file missing": (LEDGER, Path.unlink, "ledger"),
    "file renamed": (LEDGER, lambda path: path.rename(path.with_name("ledger_2026.csv")), "ledger"),
    "new value of a code": (ITEMS, _rows(_column("status_category", lambda value: "archived" if value == "cancelled" else value)), "archived"),
    "rows twice": (LEDGER, _rows(lambda rows: rows + rows[2:6]), "ledger_entries"),
    "member of a record missing": (ANSWERS, _answers(lambda one: {k: v for k, v in one.items() if k != "score"}), "score"),
    "member of a record nested": (ANSWERS, _answers(lambda one: one | {"score": {"value": one["score"]}}), "score"),
}  # fmt: skip


def drifted(bench: Bench, _: int) -> list[Fault]:
    """Each kind of drift, then the old file again."""
    read = Fault("schema drift that is read as before", "every table equal to a clean build")
    told = Fault("schema drift that is refused or warned of", SAYS)
    assert bench.tables
    bench.give("first")
    for name, (file, harm, word) in DRIFTS.items():
        fault = told if word else read
        home = bench.copy()
        (home / "portfolio.txt").unlink()
        folder = bench.folder / "drifted"
        portfolio = copy_portfolio(bench.portfolio, folder)
        harm(portfolio / file)
        said = bench.run(home, "refresh", portfolio=portfolio)
        lost = lost_tables(tables_of(home), bench.tables["first"])
        is_told = word is not None and in_words(said, (word,))
        if said.exit_code == 0 and is_told:
            lost = []  # it was published with a warning
        holds = not lost and (is_told and (said.exit_code == 0 or in_words(said)) if word else said.exit_code == 0)
        what = f"{name}: ended with {said.exit_code}, changed {lost}; {(said.out + said.err)[-900:]}"
        if not holds or word is None:
            fault.count(holds=holds, what=what)
        else:
            shutil.copytree(bench.portfolio, portfolio, dirs_exist_ok=True)
            (portfolio / file).with_name("ledger_2026.csv").unlink(missing_ok=True)
            bench.judge(
                fault, home, lambda h=home, p=portfolio: bench.run(h, "refresh", portfolio=p).exit_code, "first", name
            )
        shutil.rmtree(folder)
    read.name += f" ({'; '.join(name for name, (_, _, word) in DRIFTS.items() if not word)})"
    told.name += f" ({'; '.join(name for name, (_, _, word) in DRIFTS.items() if word)})"
    return [read, told]
