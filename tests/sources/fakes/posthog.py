"""A fake PostHog, as its pages describe queries in its SQL."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request

PROJECT = "42"


class FakePostHog(Fake):
    """Events of two persons, of which the API shows counts by day, in order."""

    name = "posthog"
    size = 3
    impossible = ("empty", "no token")  # no row is the end, and the last row says where the next query begins

    def __init__(self) -> None:
        super().__init__()
        self.projects = [PROJECT]
        self.events: list[tuple[str, str, str]] = []
        for day in range(1, 7):
            for event in ("export", "$pageview", "$feature_flag_called"):
                self.put(datetime(2025, 4, day, tzinfo=UTC), f"person-{day % 2}", event)

    def put(self, now: datetime, person: str, event: str) -> None:
        """Something that a person does."""
        self.events.append((f"{now:%Y-%m-%d}", person, event))

    def change(self, now: datetime) -> None:
        """What happens between two pulls: one event comes late."""
        self.put(now, "person-1", "export")
        self.put(now - timedelta(days=2), "person-0", "it's \\ new")

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        self.events = [event for event in self.events if event[0] != "2025-04-05"]
        return "usage_daily"

    def lose_scope(self) -> str:
        """What the key no longer sees."""
        return self.projects.pop()

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        return {PROJECT} if stream == "projects" else {day for day, _, _ in self.events}

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, {"type": "authentication_error", "detail": "Invalid personal API key."})
        if request.path.split("/")[3] not in self.projects:
            raise Refused(404, {"type": "invalid_request", "detail": "Project not found."})
        if not request.path.endswith("/query/"):
            return {"id": int(PROJECT), "name": "Shop"}, {}
        values = request.body["query"]["values"]
        behind = ("", "", "") if self.fault == "token twice" else (values["day"], values["person"], values["feature"])
        counted = Counter(e for e in self.events if e[0] >= values["since"] and e[2] != "$feature_flag_called")
        listed = sorted([*row, count] for row, count in counted.items() if row > behind)
        start, stop = self.cut(len(listed), 0, self.size)
        return {"results": listed[start:stop], "columns": ["day", "person", "feature", "events"], "hasMore": False}, {}
