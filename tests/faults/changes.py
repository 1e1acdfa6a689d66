"""Changes of a portfolio's files and settings, one after the other: each refresh goes on with the build before it."""

import csv
import random
import shutil
import time
from pathlib import Path

from tests.faults.bench import Bench, Fault, lost_tables, tables_of

SETTINGS = {
    "fiscal_year_start_month": ("4", "1"),
    "observation_window_days": ("90", "30"),
    "max_rate_age_days": ("31", "400"),
    "as_of": ("2025-06-30", "2025-07-01", "2025-07-31", "2025-12-31"),
}
ADDED = "\nthresholds: {deleted_fail_share: 1, quarantine_fail_share: 1}\n"  # so that whatever is changed lands
Row = list[str]


def news(bench: Bench, tries: int) -> list[Fault]:
    """A row that is new, corrected or gone, or another setting, each time; what was published is built from scratch in
    another home."""
    fault = Fault("a random change of a file or setting after others", "refresh: equal to a build of it from scratch")
    bench.give("first")
    settings, home, other = (
        bench.portfolio / "portfolio.yml",
        bench.folder / "news/tiny",
        bench.folder / "from_scratch/tiny",
    )
    before = settings.read_text()
    settings.write_text(before.replace("    observed_at: 2025-06-30T21:59:59Z\n", "") + ADDED)
    kept = {path: path.read_text() for path in (bench.portfolio / "feeds").glob("*.csv")}
    assert bench.run(home, "refresh").exit_code == 0
    for _ in bench.tries(tries):
        path, text, what = changed(bench.random, [*kept], settings)
        fault.counted[what] = fault.counted.get(what, 0) + 1
        started = time.monotonic()
        code = bench.run(home, "refresh").exit_code
        fault.seconds.append(time.monotonic() - started)
        shutil.rmtree(other.parent, ignore_errors=True)
        shutil.copytree(home, other, symlinks=True, ignore=shutil.ignore_patterns(".lock"))
        code_from_scratch = bench.run(other, "refresh", "--full").exit_code
        lost = lost_tables(tables_of(home), tables_of(other))
        fault.lost += len(lost)
        fault.count(
            holds=code == code_from_scratch and not lost,
            what=f"{what} of {path.name}: {code}, {code_from_scratch}, {lost}",
        )
        if code:  # it is no portfolio that can be published, neither way
            fault.counted["refused"] = fault.counted.get("refused", 0) + 1
            path.write_text(text)
    settings.write_text(before)
    for path, text in kept.items():
        path.write_text(text)
    return [fault]


def changed(rng: random.Random, files: list[Path], settings: Path) -> tuple[Path, str, str]:
    """Change something: the file, its text before, and what it was."""
    what = rng.choice(["new", "corrected", "corrected", "gone", "setting"])
    path = settings if what == "setting" else rng.choice(files)
    text = path.read_text()
    if what == "setting":
        name = rng.choice([*SETTINGS])
        now = next(value for value in SETTINGS[name] if f"{name}: {value}\n" in text)
        other = rng.choice([value for value in SETTINGS[name] if value != now])
        path.write_text(text.replace(f"{name}: {now}\n", f"{name}: {other}\n"))
        return path, text, what
    head, *rows = list(csv.reader(text.splitlines()))
    row, what = rng.randrange(len(rows)), "new" if len(rows) == 1 else what
    if what == "new":
        rows.append([f"{rows[row][0]}-{rng.randrange(10**6)}", *rows[row][1:]])
    elif what == "gone":
        rows.pop(row)
    else:
        column = rng.randrange(1, len(head))
        rows[row][column] = rng.choice(rows)[column]
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return path, text, what
