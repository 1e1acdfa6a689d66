"""Acme's tracker, billing and desk behind the fakes of Jira, Stripe and Zendesk, and its goals as a sheet."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.sources.fakes import jira, stripe, zendesk

CATEGORIES = {
    "new": ("Backlog", "Ready"),
    "indeterminate": ("In Progress", "Doing", "In Review", "Blocked"),
    "done": ("Done", "Released", "Cancelled"),
}
LEVELS = {"Epic": 1, "Sub-task": -1}


def rows(sql: str) -> Iterator[dict[str, Any]]:
    found = duckdb.sql(sql)
    return (dict(zip(found.columns, row, strict=True)) for row in found.fetchall())


def newest(acme: Path) -> Path:
    """The folder of the last quarter."""
    return max((acme / "data").iterdir())


def number(key: str) -> int:
    """A number of an issue that keeps the kind in which Acme counts."""
    kind, _, digits = key.partition("-")
    return "EFMISTBU".index(kind[0]) * 1_000_000 + int(digits)


class Tracker(jira.FakeJira):
    """Every issue of Acme in the end, with its changes; its teams are projects."""

    size = 100

    def __init__(self, acme: Path) -> None:
        super().__init__(0)
        self.named = {
            name: (str(n), category)
            for category, names in CATEGORIES.items()
            for n, name in enumerate(names, len(category) * 10)
        }
        self.records = {number(row["key"]): row for row in rows(f"from '{newest(acme)}/issues.parquet'")}
        self.projects = {team: team for team in sorted({row["team"] for row in self.records.values()})}
        self.worklogs = {}
        self.changes: dict[int, list[dict[str, Any]]] = {}
        for row in rows(f"from '{acme}/data/*/issue_changes.parquet' order by changed_at, change_seq"):
            self.changes.setdefault(number(row["key"]), []).append(row)
        self.issues = {
            n: {"created": row["created"].replace(tzinfo=UTC), "updated": datetime(2026, 6, 30, tzinfo=UTC)}
            for n, row in self.records.items()
        }

    def _status(self, name: str) -> dict[str, Any]:
        number, category = self.named[name]
        return {"id": number, "name": name, "statusCategory": {"id": len(category), "key": category, "name": category}}

    def statuses(self) -> list[dict[str, Any]]:
        return [self._status(name) for name in self.named]

    def _kind(self, key: str) -> dict[str, Any]:
        kind = self.records[number(key)]["issue_type"]
        return {"id": kind, "name": kind, "hierarchyLevel": LEVELS.get(kind, 0)}

    def _issue(self, number_: int) -> dict[str, Any]:
        row = self.records[number_]
        known = row["parent"] is not None and number(row["parent"]) in self.records  # else it was deleted
        above = {"issuetype": self._kind(row["parent"])} if known else {}
        parent = {"id": str(10000 + number(row["parent"])), "key": row["parent"], "fields": above} if known else None
        ended = row["resolved"] and jira.moment(row["resolved"])
        return {
            "id": str(10000 + number_),
            "key": row["key"],
            "fields": {
                "summary": row["summary"], "status": self._status(row["status"]), "issuetype": self._kind(row["key"]),
                "project": {"id": row["team"], "key": row["team"]}, "parent": parent,
                "assignee": row["assignee"] and {"accountId": row["assignee"]}, "created": jira.moment(row["created"]),
                "duedate": row["due"] and row["due"].isoformat(), "customfield_10016": row["story_points"] and float(row["story_points"]),
                "resolution": row["resolution"] and {"id": "1", "name": row["resolution"]}, "resolutiondate": ended,
                "fixVersions": [],
            },
        }  # fmt: skip

    def _history(self, number_: int) -> list[dict[str, Any]]:
        return [
            {
                "id": str(number_ * 1000 + nth),
                "author": {"accountId": row["changed_by"] or "nobody"},
                "created": jira.moment(row["changed_at"]),
                "items": [self._item(row)],
            }
            for nth, row in enumerate(self.changes.get(number_, []))
        ]

    def _item(self, row: dict[str, Any]) -> dict[str, Any]:
        field = {"due_date": "duedate", "estimate_points": "customfield_10016"}.get(row["field"], row["field"])
        ids = {
            side: self.named[row[f"{side}_value"]][0]
            if field == "status" and row[f"{side}_value"]
            else row[f"{side}_value"]
            for side in ("from", "to")
        }
        sides = {"from": ids["from"], "fromString": row["from_value"], "to": ids["to"], "toString": row["to_value"]}
        given = {name: value for name, value in sides.items() if value is not None}
        return {"field": field, "fieldId": field, "fieldtype": "jira", **given}


class Billing(stripe.FakeStripe):
    """Each revenue entry of Acme's ledger, as it is in the end, as a charge or a refund."""

    size = 100

    def __init__(self, acme: Path) -> None:
        super().__init__()
        self.lists = {"balance_transactions": {}, "customers": {}}
        entries = f"""
            select * from (select *, row_number() over (partition by entry_no order by filename desc) as nth
                from read_parquet('{acme}/data/*/journal.parquet', filename = true))
            where nth = 1 and account in ('4000', '4100')"""
        for row in rows(entries):
            at = datetime(row["booked_on"].year, row["booked_on"].month, row["booked_on"].day, 12, tzinfo=UTC)
            amount, kind = int((row["credit"] - row["debit"]) * 100), "charge" if row["account"] == "4000" else "refund"
            self.put(
                "balance_transactions",
                at,
                amount=amount,
                fee=0,
                currency=row["currency"].lower(),
                reporting_category=kind,
            )


class Desk(zendesk.FakeZendesk):
    """Every ticket of Acme in the end."""

    size = 500

    def __init__(self, acme: Path) -> None:
        super().__init__()
        self.lists = {"tickets": {}, "organizations": {}, "satisfaction_ratings": {}}
        tickets = f"""
            select * from (select *, row_number() over (partition by ticket_id order by filename desc) as nth
                from read_parquet('{acme}/data/*/support_tickets.parquet', filename = true)) where nth = 1"""
        for nth, row in enumerate(rows(tickets), 1):
            answered = row["first_response_at"] and (row["first_response_at"] - row["opened_at"]) // timedelta(
                minutes=1
            )
            self.lists["tickets"][nth] = {
                "id": nth, "created_at": zendesk.moment(row["opened_at"]), "updated": 1782000000 + nth, "status": "solved",
                "organization_id": None, "priority": row["severity"], "via": {"channel": row["channel"]},
                "metric_set": {
                    "reopens": int(row["reopened"] or False), "reply_time_in_minutes": {"calendar": answered},
                    "solved_at": row["solved_at"] and zendesk.moment(row["solved_at"]),
                },
            }  # fmt: skip


def write_sheets(acme: Path, folder: Path) -> None:
    """The goals as a sheet, a line for each reading, and the exchange rates."""
    duckdb.sql(f"""
        copy (
            select k.key_result_id as "Id", o.name as "Objective", k.name as "Key result", k.kind as "Kind", k.unit as "Unit",
                k.baseline_value as "Baseline", k.target_value as "Target", k.start_date as "Start", k.due_date as "Due",
                c.value as "Current", c.confidence as "Confidence", c.checked_at as "Updated"
            from '{newest(acme)}/key_results.csv' k
            inner join '{newest(acme)}/objectives.csv' o using (objective_id)
            left join (select * from '{acme}/data/*/key_result_checkins.csv') c using (key_result_id)
            where k.goal_type = 'reach' and k.metric_name is null
            order by all
        ) to '{folder}/okrs.csv' (header, delimiter ',')
    """)
    duckdb.sql(f"copy (from '{acme}/data/*/exchange_rates.csv' order by all) to '{folder}/exchange_rates.csv' (header)")
