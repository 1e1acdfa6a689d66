"""A portfolio in which a status was renamed in mid-project: A was worked on under the old name, B under the new one."""

from pathlib import Path

SETTINGS = """name: renamed
title: Renamed
reporting_currency: EUR
time_zone: Europe/Berlin
as_of: 2025-06-30
generated: true
sources:
  - name: files
    observed_at: 2025-06-30T21:59:59Z
"""

FEEDS = {
    "accounts": "account_code,account_name,account_type\n6000,Work,cost\n",
    "initiatives": "initiative_id,name,stage\nI1,Shop,active\n",
    "ledger_entries": "ledger_entry_id,posted_date,account_code,amount,currency,initiative_id\n"
    "L1,2025-04-30,6000,1000,EUR,I1\n",
    "work_items": "work_item_id,item_type,title,status,status_category,is_deliverable,initiative_id,created_at,"
    "committed_at,due_date,done_at\n"
    "A,story,Before,Finished,done,true,I1,2025-03-01T08:00:00Z,2025-03-20T00:00:00Z,2025-04-30,2025-04-11T00:00:00+02:00\n"
    "B,story,After,Finished,done,true,I1,2025-03-01T08:00:00Z,2025-03-20T00:00:00Z,2025-04-30,2025-04-25T00:00:00+02:00\n"
    "C,story,Being built,Building,in_progress,true,,2025-05-01T08:00:00Z,2025-05-02T08:00:00Z,,\n",
    "work_item_changes": "work_item_id,field,changed_at,change_seq,from_value,to_value\n"
    "A,status,2025-04-01T00:00:00+02:00,0,to_do,In Dev\n"
    "A,status,2025-04-11T00:00:00+02:00,0,In Dev,Finished\n"
    "B,status,2025-04-20T00:00:00+02:00,0,to_do,Building\n"
    "B,status,2025-04-25T00:00:00+02:00,0,Building,Finished\n"
    "C,status,2025-05-05T08:00:00Z,0,to_do,Building\n",
}


def renamed_portfolio(folder: Path) -> Path:
    """Write the portfolio into a folder that doesn't exist yet, and return that."""
    (folder / "feeds").mkdir(parents=True)
    (folder / "portfolio.yml").write_text(SETTINGS)
    for feed, text in FEEDS.items():
        (folder / "feeds" / f"{feed}.csv").write_text(text)
    return folder
