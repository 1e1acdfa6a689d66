"""A fake Intercom, written from Intercom's description of its API."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.sources.fakes.server import VENDORS, Fake, Refused, Request, described


def recorded() -> dict[str, list[Any]]:
    """Intercom's own example, and the same as begun by a customer."""
    answer = json.loads((VENDORS / "intercom.json").read_text())["paths"]["/conversations/search"]["post"]["responses"][
        "200"
    ]
    shown = answer["content"]["application/json"]["examples"]["successful"]["value"]["conversations"]
    asked = [
        conversation | {"id": "516", "source": {"type": "email", "delivered_as": "customer_initiated"}}
        for conversation in shown
    ]
    return {"conversations": [*shown, *asked]}


class FakeIntercom(Fake):
    """Conversations by number, the latest first."""

    name = "intercom"
    description = described("intercom")
    undescribed = ("/me",)
    size = 3
    impossible = ("no token",)  # the last page is the one without a cursor

    def __init__(self) -> None:
        super().__init__()
        self.workspace = "abc123"
        self.conversations: dict[int, dict[str, Any]] = {}
        for number in range(1, 9):
            self.put(number, datetime(2025, 4, number, tzinfo=UTC), number % 3)

    def put(self, number: int, now: datetime, steps: int) -> None:
        """Add a conversation, or go on with it: an answer, then its end and a rating."""
        moment = int(now.timestamp())
        found = self.conversations.setdefault(number, {
            "type": "conversation", "id": str(number), "created_at": moment, "state": "open", "priority": "not_priority",
            "source": {"type": "email", "delivered_as": "admin_initiated" if number == 4 else "customer_initiated"},
            "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": f"c{number}"}]},
            "statistics": {"type": "conversation_statistics"}, "conversation_rating": None,
        })  # fmt: skip
        found["updated_at"] = moment
        if steps:
            found["statistics"] = found["statistics"] | {
                "first_admin_reply_at": moment + 60,
                "count_reopens": steps - 1,
            }
        if steps > 1:
            found |= {"state": "closed", "statistics": found["statistics"] | {"last_close_at": moment + 600}}
            found["conversation_rating"] = {
                "rating": 1 + number % 5,
                "remark": "thanks",
                "created_at": moment,
                "updated_at": moment + 700,
            }

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put(3, now, 2)
        self.put(9, now, 1)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.conversations[5]
        return "support_tickets"

    def lose_scope(self) -> str:
        """The token of another workspace."""
        self.workspace = "xyz789"
        return "workspace abc123"

    def truth(self, stream: str) -> set[str]:  # noqa: ARG002
        """What identifies the records of a whole pull."""
        return {str(number) for number in self.conversations}

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        is_signed_in = request.headers.get("authorization", "").startswith("Bearer ")
        if not is_signed_in or request.headers.get("intercom-version") != "2.14":
            raise Refused(
                401, {"type": "error.list", "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}]}
            )
        if request.path == "/me":
            return {"type": "admin", "app": {"type": "app", "id_code": self.workspace}}, {}
        query, pagination = request.body["query"], request.body["pagination"]
        listed = [
            c for _, c in sorted(self.conversations.items(), reverse=True) if c[query["field"]] > int(query["value"])
        ]
        given = pagination.get("starting_after")
        start, stop = self.cut(len(listed), int((given or "0").split(".")[0]), self.size)
        page: dict[str, Any] = {"type": "pages", "per_page": self.size}
        if self.is_more(stop, len(listed)):
            page["next"] = {"starting_after": self.token(stop, given)}
        return {
            "type": "conversation.list",
            "conversations": listed[start:stop],
            "total_count": len(listed),
            "pages": page,
        }, {}
