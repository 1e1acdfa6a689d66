"""What files cost beside the least that they could: previewing and landing a CSV, and reading a workbook.

Run: .venv/bin/python benchmarks/files.py [--rows N] [--sheet-rows N]

A CSV of ledger entries and a workbook are generated. `outcomes feed` is compared with the bare mapping SELECT over the
same file in DuckDB, `outcomes land` with a bare `COPY (mapping) TO parquet`, each in a process of its own; the workbook
is read as at landing. Prints Markdown.
"""

import argparse
import os
import platform
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from fetch import PROJECT, Cost, cost

sys.path.insert(0, str(PROJECT))

from tests.sources.spreadsheets import Sheet, xlsx

MAPPING = (
    'select "No" as ledger_entry_id, "Date" as posted_date, "Account" as account_code, "Amount" as amount, '
    "'EUR' as currency, \"Text\" as description, _file, _record from raw.ledger"
)
BARE = """
import duckdb, sys
view = f"create view ledger as select *, 'ledger.csv' as _file, row_number() over () as _record " \\
    f"from read_csv('{sys.argv[1]}', all_varchar=true, header=true)"
connection = duckdb.connect()
connection.execute(view)
mapping = sys.argv[2].replace("raw.ledger", "ledger")
if len(sys.argv) > 3:
    connection.execute(f"copy ({mapping}) to '{sys.argv[3]}' (format parquet, compression zstd)")
else:
    connection.execute(f"create table found as {mapping}")
"""
SHEET = """
import sys, time
from pathlib import Path
from sources import workbooks
from sources.config import FileLimits, FileSettings
started = time.process_time()
target = Path(sys.argv[1]).with_suffix(".parquet")
workbooks.to_parquet(Path(sys.argv[1]), "book.xlsx", "Costs", FileSettings(), FileLimits(), target)
print(time.process_time() - started)
"""


def run(*line: str | Path, home: Path) -> Cost:
    """One process. Raises RuntimeError where it fails."""
    return cost(*line, OUTCOMES_HOME=str(home), PYTHONPATH=str(PROJECT))


def write(portfolio: Path, rows: int) -> Path:
    """A portfolio with a ledger of so many rows; the file."""
    (portfolio / "data").mkdir(parents=True)
    (portfolio / "feeds").mkdir()
    (portfolio / "portfolio.yml").write_text("name: mine\ntitle: Mine\nreporting_currency: EUR\n")
    (portfolio / "feeds" / "ledger_entries.sql").write_text(MAPPING)
    file = portfolio / "data" / "ledger.csv"
    with file.open("w") as out:
        out.write("No,Date,Account,Amount,Text\n")
        for n in range(rows):
            day = date(2024, 1, 1) + timedelta(days=n % 700)
            out.write(f"L-{n},{day},{4000 + n % 50},{n % 997}.{n % 100:02},Invoice {n * 7919 % rows}\n")
    return file


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Previewing and landing a CSV, and reading a workbook.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=50_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outcomes-files-") as place:
        folder = Path(place)
        portfolio, home = folder / "mine", folder / "home"
        file, target = write(portfolio, given.rows), folder / "bare.parquet"
        cli = ("-m", "dagster_project.cli")
        select = run("-c", BARE, file, MAPPING, home=home)
        feed = run(*cli, "feed", "ledger_entries", "--portfolio", portfolio, home=home)
        copy = run("-c", BARE, file, MAPPING, target, home=home)
        land = run(*cli, "land", "--portfolio", portfolio, home=home)
        book = folder / "book.xlsx"
        cells = [
            [f"L-{n}", date(2024, 1, 1), 4000 + n % 50, n / 100, "Invoice", "EUR"] for n in range(given.sheet_rows)
        ]
        book.write_bytes(xlsx(Sheet("Costs", [["No", "Date", "Account", "Amount", "Text", "Currency"], *cells])))
        sheet = float(run("-c", SHEET, book, home=home).said)
    print(f"{given.rows:,} rows of CSV, {given.sheet_rows:,} of a sheet with six columns.")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}.\n")
    print("| | wall s | CPU s | beside it | |\n|---|---|---|---|---|")
    beside = {"feed": f"bare SELECT: {select.wall:.1f} s, {select.cpu:.1f} s of CPU"}
    beside["land"] = f"bare COPY: {copy.wall:.1f} s, {copy.cpu:.1f} s of CPU"
    more, speed = feed.cpu - select.cpu, copy.cpu / land.cpu
    print(f"| `outcomes feed` | {feed.wall:.1f} | {feed.cpu:.1f} | {beside['feed']} | {more:.1f} s of CPU more |")
    print(f"| `outcomes land` | {land.wall:.1f} | {land.cpu:.1f} | {beside['land']} | {speed:.2f} of its speed |")
    print(f"| reading the sheet | | {sheet:.1f} | | {given.sheet_rows / sheet:,.0f} rows per second of CPU |")


if __name__ == "__main__":
    main()
