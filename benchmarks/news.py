"""What a refresh costs that finds a little news, beside one from scratch; both must publish the same.

Run: .venv/bin/python benchmarks/news.py [--runs N] [--scale S] [--live] [--json FILE]

A company is generated and refreshed. Then, in turn, one row in a hundred of one file of its newest export is changed
and refreshed, and the same is refreshed again with `--full`; last, a row in a hundred of each of these files. Prints
wall and CPU seconds of both, and their ratio (median, least and most of the runs); fails where a table differs.

Its figures are those of a fixed day. With `--live` they are those of each refresh's own moment, as in most portfolios;
then no two refreshes publish the same, and nothing is compared.
"""

import argparse
import json
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from ratios import COMMAND, Measured, generated, machine, run

NAME = "acme"
# file of the newest export: what becomes of a row
CHANGES = {
    "support_tickets": "severity = 'low'",
    "survey_answers": "answer = 1",
    "time_entries": "hours = 0.25",
    "usage_daily": "events = events + 1",
    "journal": "debit = debit * 2, credit = credit * 2",
    "issues": "story_points = coalesce(story_points, 0) + 1",
}
ALL = "each of these files"


def change(file: Path, assignment: str, number: int) -> None:
    """Change one row in a hundred, other ones each time."""
    with duckdb.connect() as connection:
        connection.execute(f"create table rows_ as from '{file}'")
        connection.execute(f"update rows_ set {assignment} where hash(rowid, {number}) % 100 = 0")
        connection.execute(f"copy rows_ to '{file}' (format parquet)")


def published(home: Path) -> dict[str, Any]:
    """Rows and checksum of each published table, but of the audit's, which names its refresh."""
    manifest = json.loads((home / NAME / "serve" / "current" / "manifest.json").read_text())
    return {name: one for name, one in manifest["tables"].items() if not name.startswith("audit.")}


def live(portfolio: Path) -> None:
    """Have a portfolio's figures be those of the moment of each refresh."""
    settings = portfolio / "portfolio.yml"
    settings.write_text(re.sub(r"^as_of: .*\n", "", settings.read_text(), flags=re.MULTILINE))


def once(portfolio: Path, home: Path, names: list[str], number: int, *, is_live: bool) -> dict[str, Measured]:
    """Seconds of a refresh after a change, and of a full one. Raises SystemExit where they should publish the same
    rows, and don't."""
    newest = max((portfolio / "data").iterdir())
    for name in names:
        change(newest / f"{name}.parquet", CHANGES[name], number)
    refresh = [*COMMAND, "refresh", "--portfolio", str(portfolio)]
    news, _ = run(refresh, home)
    found = published(home)
    full, _ = run([*refresh, "--full"], home)
    if not is_live and (differing := [name for name, one in published(home).items() if found.get(name) != one]):
        raise SystemExit(f"after a change of {', '.join(names)} these tables differ: {', '.join(differing)}")
    return {"news": news, "full": full}


def report(found: dict[str, list[dict[str, Measured]]]) -> list[str]:
    """The lines of the table."""
    lines = [
        "| one row in a hundred of | wall s | CPU s | full, wall s | full, CPU s | ratio | min | max |",
        "|---|" + "---:|" * 7,
    ]
    for name, runs in found.items():
        seconds = [
            statistics.median(one[kind][unit] for one in runs) for kind in ("news", "full") for unit in ("wall", "cpu")
        ]
        ratios = [one["news"]["wall"] / one["full"]["wall"] for one in runs]
        shown = [*(f"{value:.1f}" for value in seconds), *(f"{of(ratios):.2f}" for of in (statistics.median, min, max))]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a refresh costs that finds a little news, beside a full one.")
    parser.add_argument("--runs", type=int, default=3, help="changes of each file")
    parser.add_argument("--scale", type=float, default=1, help="scale of the generated company")
    parser.add_argument("--live", action="store_true", help="figures of the moment of each refresh")
    parser.add_argument("--json", type=Path, help="file for every run, the machine and the versions")
    given = parser.parse_args()
    found: dict[str, list[dict[str, Measured]]] = {}
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio, home = generated(Path(folder) / "portfolio", given.scale), Path(folder) / "homes"
        if given.live:
            live(portfolio)
        run([*COMMAND, "refresh", "--portfolio", str(portfolio)], home)
        for number in range(given.runs):
            for name in [*CHANGES, ALL]:
                files = [*CHANGES] if name == ALL else [name]
                seconds = once(portfolio, home, files, number, is_live=given.live)
                found.setdefault(name, []).append(seconds)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        noted = {"machine": machine(), "scale": given.scale, "live": given.live, "runs": found}
        given.json.write_text(json.dumps(noted, indent=2))
    print(f"{', '.join(f'{name} {value}' for name, value in machine().items())}, scale {given.scale:g}\n")
    print("\n".join(report(found)))


if __name__ == "__main__":
    main()
