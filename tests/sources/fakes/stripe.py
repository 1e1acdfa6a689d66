"""A fake Stripe: the records are Stripe's own samples, the paging is as its pages describe it."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.sources.fakes.server import VENDORS, Fake, Refused, Request

SAMPLES = json.loads((VENDORS / "stripe.json").read_text())


def recorded() -> dict[str, list[Any]]:
    """Stripe's samples, and its currencies without and with three decimals."""
    sample = SAMPLES["balance_transaction"]
    odd = [
        sample | {"id": "txn_jpy", "currency": "jpy", "amount": 500, "fee": 18},
        sample | {"id": "txn_payout", "reporting_category": "payout", "amount": -12345678901234567},
    ]
    return {"balance_transactions": [sample, *odd], "customers": [SAMPLES["customer"]]}


class FakeStripe(Fake):
    """Lists with the newest record first."""

    name = "stripe"
    size = 3
    impossible = ("empty",)  # the last record of a page says where the next one begins

    def __init__(self) -> None:
        super().__init__()
        self.account = "acct_1"
        self.lists: dict[str, dict[str, dict[str, Any]]] = {"balance_transactions": {}, "customers": {}}
        for day in range(1, 9):
            self.put("balance_transactions", datetime(2025, 3, day, tzinfo=UTC), amount=1000 + day, fee=30 * (day % 2))
            self.put("customers", datetime(2025, 3, day, tzinfo=UTC))

    def put(self, stream: str, now: datetime, **given: Any) -> None:
        """Add a record."""
        known = self.lists[stream]
        record = SAMPLES[stream.removesuffix("s")] | {
            "id": f"{stream[:3]}_{len(known) + 1}",
            "created": int(now.timestamp()),
        }
        known[record["id"]] = record | given

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put("balance_transactions", now, amount=-500, reporting_category="refund")
        self.put("customers", now)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.lists["customers"]["cus_5"]
        return "customers"

    def lose_scope(self) -> str:
        """What the key no longer sees."""
        self.account = "acct_2"
        return "acct_1"

    def truth(self, stream: str) -> set[str]:
        """The ids that a whole pull holds."""
        return set(self.lists[stream])

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if (
            not request.headers.get("authorization", "").startswith("Bearer ")
            or "stripe-version" not in request.headers
        ):
            raise Refused(401, {"error": {"message": "no key", "type": "invalid_request_error"}})
        if request.path == "/v1/account":
            return SAMPLES["account"] | {"id": self.account}, {}
        known = self.lists.get(request.path.removeprefix("/v1/"))
        if known is None:
            raise Refused(404, {"error": {"message": "no such path"}})
        earliest = int(request.first("created[gte]", "0"))
        listed = sorted(known.values(), key=lambda r: (-r["created"], r["id"]))
        listed = [record for record in listed if record["created"] >= earliest]
        after = request.first("starting_after")
        start = 1 + [record["id"] for record in listed].index(after) if after else 0
        if self.fault == "token twice":
            start = max(0, start - 1)
        start, stop = self.cut(len(listed), start, 1 if self.fault == "token twice" else self.size)
        more = self.is_more(stop, len(listed))
        data = [] if self.fault == "no token" else listed[start:stop]
        return {"object": "list", "url": request.path, "has_more": more, "data": data}, {}
