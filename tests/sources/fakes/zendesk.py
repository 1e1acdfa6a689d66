"""A fake Zendesk Support, as its pages describe incremental exports and cursor pagination."""

from datetime import UTC, datetime
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%SZ}"


def place_of(record: dict[str, Any]) -> tuple[int, int]:
    """Where a record is in lists, which are in the order of changes."""
    return record["updated"], record["id"]


class FakeZendesk(Fake):
    """Tickets, organizations and ratings by number, each with `updated` in seconds since 1970."""

    name = "zendesk"
    size = 3
    impossible = ("shrinks",)  # no list promises a number of records

    def __init__(self) -> None:
        super().__init__()
        self.role = "admin"
        self.lists: dict[str, dict[int, dict[str, Any]]] = {
            "tickets": {},
            "organizations": {},
            "satisfaction_ratings": {},
        }
        for day in range(1, 8):
            for stream in self.lists:
                self.put(stream, day, datetime(2025, 4, day, tzinfo=UTC))

    def put(self, stream: str, number: int, now: datetime) -> None:
        """Add or change a record."""
        created = self.lists[stream].get(number, {}).get("created_at", moment(now))
        record: dict[str, Any] = {
            "id": number,
            "created_at": created,
            "updated_at": moment(now),
            "updated": int(now.timestamp()),
        }
        if stream == "tickets":
            metrics = {
                "reopens": number % 2,
                "solved_at": moment(now),
                "reply_time_in_minutes": {"calendar": 90, "business": 30},
            }
            record |= {
                "status": "solved",
                "organization_id": 1 + number % 3,
                "priority": None,
                "via": {"channel": "email"},
            }
            record["metric_set"] = metrics
        elif stream == "organizations":
            record |= {"name": f"Customer {number}", "deleted_at": None}
        else:
            record |= {
                "score": "good_with_comment" if number % 2 else "bad",
                "requester_id": 900 + number,
                "comment": "thanks",
            }
        self.lists[stream][number] = record

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put("tickets", 2, now)
        for stream, known in self.lists.items():
            self.put(stream, max(known) + 1, now)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.lists["tickets"][4]
        return "support_tickets"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        self.role = "agent"
        return "what the role admin sees"

    def truth(self, stream: str) -> set[str]:
        """The ids that a whole pull holds."""
        return {str(number) for number in self.lists[stream]}

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Basic "):
            raise Refused(401, {"error": "Couldn't authenticate you"})
        path = request.path.removeprefix("/api/v2/").removesuffix(".json")
        if path == "users/me":
            return {"user": {"id": 1, "role": self.role}}, {}
        stream = {"incremental/tickets/cursor": "tickets", "incremental/organizations": "organizations"}.get(path, path)
        if stream not in self.lists:
            raise Refused(404, {"error": "RecordNotFound"})
        listed = sorted(self.lists[stream].values(), key=place_of)
        if stream == "organizations":
            return self._by_time(request, listed), {}
        given = request.first("cursor") or request.first("page[after]")
        # a cursor holds the moment that the first request named, and the record behind which it goes on
        earliest, _, place = given.partition(".") if given else (request.first("start_time"), "", "0.0")
        behind = tuple(int(part) for part in place.split(".")[:2])
        listed = [record for record in listed if record["updated"] >= int(earliest) and place_of(record) > behind]
        start, stop = self.cut(len(listed), 0, self.size)
        more = self.is_more(stop, len(listed))
        last = place_of(listed[stop - 1]) if stop > start else behind
        given = (
            given if self.fault == "token twice" and given else f"{earliest}.{last[0]}.{last[1]}.{len(self.requests)}"
        )
        cursor = None if self.fault == "no token" else given
        if stream == "tickets":
            return {"tickets": listed[start:stop], "after_cursor": cursor, "end_of_stream": not more}, {}
        return {stream: listed[start:stop], "meta": {"has_more": more, "after_cursor": cursor}}, {}

    def _by_time(self, request: Request, listed: list[dict[str, Any]]) -> dict[str, Any]:
        """A page ends with a moment, at which the next one begins: its last record comes again."""
        listed = [record for record in listed if record["updated"] >= int(request.first("start_time"))]
        page = listed[: self.size]
        more = len(listed) > self.size or self.fault in ("no token", "token twice")
        ends = (
            int(request.first("start_time")) if self.fault == "token twice" else page[-1]["updated"] if page else None
        )
        return {
            "organizations": page,
            "end_time": None if self.fault == "no token" else ends,
            "end_of_stream": not more,
        }
