"""A portfolio with what exports of real tools hold: events sent twice, placeholder dates, work closed but not done."""

from pathlib import Path

SETTINGS = """name: exports
title: Exports
reporting_currency: EUR
time_zone: Europe/Berlin
fiscal_year_start_month: 10
as_of: 2025-06-30
generated: true
sources:
  - name: files
    observed_at: 2025-06-30T21:59:59Z
"""

ITEM = "{id},story,Item,{status},{category},true,2025-03-01T08:00:00Z,2025-03-10T08:00:00Z,{due},{done},{resolution}\n"
ITEMS = [
    ("delivered", "Closed", "done", "2025-04-15", "2025-04-10T08:00:00Z", "done"),
    ("duplicate", "Closed", "done", "2025-04-15", "2025-04-11T08:00:00Z", "duplicate"),
    ("wont_do", "Closed", "done", "2025-04-15", "2025-04-12T08:00:00Z", "Won't Do"),
    ("cancelled", "Closed", "cancelled", "2025-04-15", "2025-04-13T08:00:00Z", "wont_do"),
    ("some_day", "Open", "to_do", "2099-12-31", "", ""),
    ("end_of_time", "Open", "to_do", "9999-12-31", "", ""),
]

FEEDS = {
    "accounts": "account_code,account_name,account_type\n4000,Sales,revenue\n",
    "people": "person_id,team_id,joined_date,left_date\nx,T1,2020-01-01,9999-12-31\n",
    "teams": "team_id,name\nT1,Web\n",
    "ledger_entries": "ledger_entry_id,posted_date,account_code,amount,currency\n"
    + "".join(f"ch_{n},2025-04-0{n},4000,-{n}0,EUR\n" for n in (1, 2, 3, 4, 5, 3)),
    "work_items": "work_item_id,item_type,title,status,status_category,is_deliverable,created_at,committed_at,due_date,"
    "done_at,resolution\n"
    + "".join(
        ITEM.format(id=name, status=status, category=category, due=due, done=done, resolution=resolution)
        for name, status, category, due, done, resolution in ITEMS
    ),
    "work_item_changes": "work_item_id,field,changed_at,change_seq,from_value,to_value\n"
    + "".join(f"{name},status,{done},0,Open,Closed\n" for name, _, _, _, done, _ in ITEMS if done)
    + "delivered,due_date,2025-03-20T08:00:00Z,0,2025-04-15,2099-12-31\n",
}


def exports_portfolio(folder: Path) -> Path:
    """Write the portfolio into a folder that doesn't exist yet, and return that."""
    (folder / "feeds").mkdir(parents=True)
    (folder / "portfolio.yml").write_text(SETTINGS)
    for feed, text in FEEDS.items():
        (folder / "feeds" / f"{feed}.csv").write_text(text)
    return folder
