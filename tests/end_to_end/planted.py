"""A portfolio in which nothing is wrong: tiny without its oddities, and a source that has brought the same for eight months.

What tests plant in it is the only thing that its checks can find.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import yaml

from tests.end_to_end.harness import TINY, copy_portfolio

# the month ends at which the source `desk` was exported, up to tiny's as-of day
EXPORTS = [date(2024 + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(11, 19)]
ROWS = 40
LAST = f"desk/{EXPORTS[-1]}"
# answers of tiny on two scales of one question, which a check rightly points out
# members that tiny names and doesn't have
UNKNOWN = {
    "teams": "T9,Not yet arrived,,,",
    "initiatives": "I99,Not yet arrived,active" + "," * 10,
    "accounts": "7777,Unclassified,other,,",
}
ODD_ANSWERS = ("A15", "N11", "N12")


def sound_portfolio(target: Path) -> Path:
    """Write it, and return its folder."""
    copy_portfolio(TINY, target)
    answers = target / "feeds" / "survey_responses.jsonl"
    lines = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join(line for line in lines if not any(f'"{odd}"' in line for odd in ODD_ANSWERS)))
    for feed, row in UNKNOWN.items():
        with (target / f"feeds/{feed}.csv").open("a") as file:
            file.write(f"{row}\n")
    write_csv(target / "feeds/people.csv", ("person_id", "team_id", "joined_date", "left_date"), [
        (name, team, "2024-01-01", None) for name, team in (("ada", "T1"), ("bo", "T2"), ("cy", "T1"))
    ])  # fmt: skip
    write_csv(target / "feeds/customers.csv", ("customer_id", "segment"), [("c1", "small"), ("c2", "large")])
    declared = yaml.safe_load((target / "portfolio.yml").read_text())
    office = declared["sources"][0]
    office["feeds"] = sorted(
        path.name.split(".")[0] for path in (target / "feeds").glob("*") if ".control" not in path.name
    )
    desk = {
        "name": "desk",
        "path": "desk",
        "kind": "increment",
        "history": True,
        "feeds": ["support_tickets", "time_entries"],
    }
    declared["sources"].append(desk)
    (target / "portfolio.yml").write_text(yaml.safe_dump(declared, sort_keys=False))
    for feed, raw in (("support_tickets", "tickets"), ("time_entries", "hours")):
        (target / f"feeds/{feed}.sql").write_text(f"select * from raw.{raw}\n")
    for number, day in enumerate(EXPORTS):
        _write_export(target / f"desk/{day}", number, day)
    return target


def _write_export(folder: Path, number: int, day: date) -> None:
    days = [day.replace(day=1 + row % 28) for row in range(ROWS)]
    write_csv(
        folder / "tickets.csv",
        ("ticket_id", "customer_id", "product_id", "opened_at", "first_response_at", "solved_at", "severity", "channel"),
        [
            (
                f"K{number}-{row:02d}", ("c1", "c2")[row % 2], ("P1", "P2")[row % 3 // 2],
                f"{opened}T{8 + row % 4:02d}:00:00Z", f"{opened}T{13 + row % 4:02d}:30:00Z",
                f"{opened}T{18 + row % 3:02d}:00:00Z", ("low", "high")[row % 2], ("mail", "phone")[row % 2],
            )
            for row, opened in enumerate(days)
        ],
    )  # fmt: skip
    write_csv(
        folder / "hours.csv",
        ("time_entry_id", "work_item_id", "person_id", "work_date", "hours"),
        [
            (f"H{number}-{row:02d}", ("D21", "D15")[row % 2], ("ada", "bo")[row % 2], worked, 2 + row % 4)
            for row, worked in enumerate(days)
        ],
    )


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file with a header line, made with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *rows])
