"""A fake Xero, written from Xero's description of its accounting API."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.sources.fakes.server import VENDORS, OAuthFake, Refused, Request, described

TENANT = "7c1b4d3e-0000-4000-8000-000000000001"


def recorded() -> dict[str, list[Any]]:
    """Xero's own examples, of a made-up company."""
    paths = json.loads((VENDORS / "xero.json").read_text())["paths"]
    shown = {
        path: paths[path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        for path in ("/Journals", "/Accounts", "/Organisation")
    }
    return {
        "journals": shown["/Journals"]["Journals"],
        "accounts": shown["/Accounts"]["Accounts"],
        "organisations": shown["/Organisation"]["Organisations"],
    }


def moment(day: datetime) -> str:
    return f"/Date({int(day.timestamp()) * 1000}+0000)/"


class FakeXero(OAuthFake):
    """Journals by number."""

    name = "xero"
    description = described("xero", "/api.xro/2.0")
    undescribed = ("/token", "/connections")
    size = 3
    impossible = ("empty", "no token")  # an empty page is the end, and the last journal says where the next page begins

    def __init__(self) -> None:
        super().__init__()
        self.tenants = [TENANT]
        self.accounts = {"200": "REVENUE", "400": "EXPENSE", "610": "ASSET", "620": "ASSET"}
        self.journals: list[dict[str, Any]] = []
        for day in range(1, 9):
            self.post(datetime(2025, 3, day, tzinfo=UTC), 10.25 * day)

    def post(self, now: datetime, amount: float) -> None:
        """Post a journal: an invoice that is sold."""
        number = len(self.journals) + 1
        option = {"TrackingCategoryID": "c", "TrackingOptionID": "north", "Name": "Region", "Option": "North"}
        lines = [
            {"JournalLineID": f"l{number}a", "AccountID": "610", "AccountCode": "610", "NetAmount": amount},
            {"JournalLineID": f"l{number}b", "AccountID": "200", "NetAmount": -amount, "TrackingCategories": [option]},
        ]
        self.journals.append({
            "JournalID": f"j{number}", "JournalNumber": number * 2, "CreatedDateUTC": moment(now), "made": now,
            "JournalDate": moment(datetime(now.year, now.month, now.day, tzinfo=UTC)), "JournalLines": lines,
        })  # fmt: skip

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.post(now, 99.5)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.accounts["620"]
        return "accounts"

    def lose_scope(self) -> str:
        """What was no longer consented to."""
        return self.tenants.pop()

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        known = {"journals": {j["JournalID"] for j in self.journals}, "accounts": set(self.accounts)}
        return known.get(stream, {"o1"})

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if (granted := self.signed_in(request)) is not None:
            return granted
        if request.path == "/connections":
            return [{"tenantId": tenant, "tenantName": "Acme"} for tenant in self.tenants], {}
        if request.headers.get("xero-tenant-id") != TENANT:
            raise Refused(403, {"Detail": "AuthenticationUnsuccessful"})
        match request.path.removeprefix("/api.xro/2.0/"):
            case "Organisation":
                return {"Organisations": [{"OrganisationID": "o1", "Name": "Acme", "BaseCurrency": "EUR"}]}, {}
            case "Accounts":
                listed = [
                    {"AccountID": code, "Code": code, "Name": f"Account {code}", "Class": kind, "Type": "CURRENT"}
                    for code, kind in self.accounts.items()
                ]
                return {"Accounts": listed}, {}
            case "Journals":
                after = 0 if self.fault == "token twice" else int(request.first("offset"))
                since = request.headers.get("if-modified-since", "")
                found = [
                    j for j in self.journals if j["JournalNumber"] > after and f"{j['made']:%Y-%m-%dT%H:%M:%S}" >= since
                ]
                start, stop = self.cut(len(found), 0, self.size)
                return {"Journals": [{k: v for k, v in j.items() if k != "made"} for j in found[start:stop]]}, {}
            case _:
                raise Refused(404, {"Detail": "no such path"})
