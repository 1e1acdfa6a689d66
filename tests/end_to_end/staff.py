"""Tiny with people in it, one of whom is to be forgotten: she is named in every place where a source can name somebody."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.end_to_end.harness import TINY, copy_portfolio

ID = "ada.lovelace"
MAIL = "Ada.Lovelace@example.org"
NAME = "Ada Lovelace"
NAMES = (ID, MAIL.lower(), NAME)  # as somebody at the command line remembers them
OTHERS = ("bo", "cy")
DAYS = [f"2025-05-{day:02}" for day in range(5, 17)]


def staffed(folder: Path) -> Path:
    """A portfolio of tiny's work with people, hours, rates, use, customers and comments."""
    portfolio = copy_portfolio(TINY, folder)
    feeds = portfolio / "feeds"
    for name in ("work_items.csv", "work_item_changes.csv"):
        _replace(feeds / name, ",ada,", f",{ID},", ",ada\n", f",{ID}\n")
    _replace(feeds / "work_items.csv", ",Basket,", f",Basket as {NAME} drew it,")
    _append(
        feeds / "work_item_changes.csv",
        [
            f"D02,assignee,2024-11-04T08:00:00Z,0,bo,{ID},bo",
            f"D02,description,2024-11-05T08:00:00Z,0,ask {MAIL},ask bo,{ID}",
        ],
    )
    _replace(feeds / "objectives.csv", "buy with ease,,T1,,", f"buy with ease,,T1,{ID},")
    _replace(portfolio / "data" / "ledger.csv", ",Cloud\n", f",Cloud for {MAIL}\n")
    _append(
        feeds / "people.csv",
        ["person_id,team_id,joined_date,left_date,e_mail", f"{ID},T1,2024-01-01,,{MAIL}"]
        + [f"{who},T2,2024-01-01,,{who}@example.org" for who in OTHERS],
    )
    _append(
        feeds / "labour_rates.csv",
        ["person_id,team_id,valid_from,hourly_cost,currency", f"{ID},,2024-01-01,90,EUR", ",T2,2024-01-01,60,EUR"],
    )
    _append(feeds / "time_entries.csv", ["time_entry_id,work_item_id,person_id,work_date,hours", *_hours(DAYS)])
    # one row that is rejected, and names her in a column that is not personal
    _append(feeds / "time_entries.csv", [f"{ID}-x,D13,{ID},2025-05-19,99"])
    uses = [f"P1,{who},{day},basket,{n}" for n, day in enumerate(DAYS, 1) for who in (ID, MAIL, *OTHERS)]
    _append(feeds / "usage_daily.csv", ["product_id,user_id,usage_date,feature,events", *uses])
    _append(feeds / "customers.csv", ["customer_id,segment,region,since_date", f"{MAIL},person,DE,2024-01-01"])
    answers = [json.loads(line) for line in (feeds / "survey_responses.jsonl").read_text().splitlines()]
    for answer in answers:
        if answer["respondent_id"] == "v1":
            answer |= {"respondent_id": MAIL, "customer_id": MAIL, "comment": "nobody is to read this"}
        if answer["respondent_id"] == "v2":
            answer |= {"comment": f'as I told\n{NAME.upper()} ("{MAIL}")'}
    (feeds / "survey_responses.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    _replace(
        portfolio / "portfolio.yml",
        "observation_window_days",
        "thresholds: {quarantine_fail_share: 1}\nobservation_window_days",
    )
    return portfolio


def more_hours(portfolio: Path, day: str = "2025-05-20") -> None:
    """More of her hours: the same file lands again, and names her still."""
    _append(portfolio / "feeds" / "time_entries.csv", _hours([day]))


def _hours(days: Iterable[str]) -> list[str]:
    return [f"{who}/{day},D13,{who},{day},{hours}" for day in days for who, hours in ((ID, 5), ("bo", 3))]


def _append(path: Path, lines: Iterable[str]) -> None:
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def _replace(path: Path, *pairs: str) -> None:
    text = path.read_text()
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        text = text.replace(old, new)
    path.write_text(text)
