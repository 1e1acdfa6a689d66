"""A fake Linear: its answers are executed against Linear's own schema."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request, answered

STATES = {"Todo": "unstarted", "Doing": "started", "Done": "completed"}


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}.000Z"


class FakeLinear(Fake):
    """Issues by number, the newest first, each with its history."""

    name = "linear"
    size = 3
    impossible = ("shrinks",)  # no list promises a number of records

    def __init__(self) -> None:
        super().__init__()
        self.teams = [{"id": "t1", "key": "WEB", "name": "Web"}, {"id": "t2", "key": "API", "name": "Api"}]
        self.issues: dict[int, dict[str, Any]] = {}
        for number in range(1, 8):
            states = list(STATES)[: 1 + number % 3]
            self.put(number, datetime(2025, 2, number, tzinfo=UTC), *(states * 2 if number == 2 else states))

    def put(self, number: int, now: datetime, *states: str) -> None:
        """Add an issue, or move it."""
        issue = self.issues.setdefault(number, {
            "id": f"i{number}", "identifier": f"WEB-{number}", "url": "https://example.invalid/", "title": "Some work",
            "createdAt": moment(now), "team": self.teams[number % 2], "project": {"id": "p1"}, "estimate": 1.5,
            "parent": {"id": "i1"} if number == 4 else None, "assignee": {"id": f"u{number % 2}"}, "entries": [],
        })  # fmt: skip
        for nth, state in enumerate(states):
            at = moment(now + timedelta(minutes=nth))
            before, issue["state"] = issue.get("state"), {"name": state, "type": STATES[state]}
            entry = {"id": f"h{number}-{len(issue['entries'])}", "createdAt": at, "actorId": "u0"}
            issue["entries"].append(entry | {"fromState": before, "toState": issue["state"]})
            issue |= {"updatedAt": at, "completedAt": at if state == "Done" else None}
            issue["startedAt"] = issue.get("startedAt") or (at if state == "Doing" else None)

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put(3, now, "Doing", "Done")
        self.put(8, now, "Todo")

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.issues[5]
        return "work_items"

    def lose_scope(self) -> str:
        """What the key no longer sees."""
        return self.teams.pop()["key"]

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        found = {
            "issues": {f"i{number}" for number in self.issues},
            "changes": {e["id"] for issue in self.issues.values() for e in issue["entries"][self.size :]},
            "teams": {team["id"] for team in self.teams},
        }
        return found.get(stream, {"projects": {"p1"}, "initiatives": {"o1"}}.get(stream, set()))

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization"):
            raise Refused(401, {"errors": [{"message": "no key"}]})
        project = {
            "id": "p1", "name": "Shop", "url": "https://example.invalid/", "startDate": "2025-01-01",
            "status": {"type": "started"}, "teams": {"nodes": [{"id": "t1"}]}, "initiatives": {"nodes": [{"id": "o1"}]},
        }  # fmt: skip
        initiative = {"id": "o1", "name": "Grow", "createdAt": "2025-01-01T00:00:00Z", "targetDate": "2025-12-31"}
        root = {
            "issues": self._issues,
            "issue": lambda _, id: self._shown(next(i for i in self.issues.values() if i["id"] == id)),
            "projects": lambda _, **asked: self._page([project], **asked),
            "initiatives": lambda _, **asked: self._page([initiative], **asked),
            "teams": lambda _, **asked: self._page(self.teams, **asked),
        }
        return answered("linear", request, root), {}

    def _issues(self, _: Any, filter: dict[str, Any], **asked: Any) -> dict[str, Any]:
        since = max((part["updatedAt"]["gte"] for part in filter.get("or", []) if "updatedAt" in part), default="")
        found = sorted(self.issues.items(), reverse=True)
        return self._page([self._shown(issue) for _, issue in found if issue["updatedAt"] >= since], **asked)

    def _shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        def history(_: Any, first: int, after: str | None = None) -> dict[str, Any]:
            start = int(after or 0)
            stop = min(len(issue["entries"]), start + min(first, self.size))
            info = {"hasNextPage": stop < len(issue["entries"]), "endCursor": str(stop)}
            return {"nodes": issue["entries"][start:stop], "pageInfo": info}

        return issue | {"history": history}

    def _page(self, listed: list[Any], first: int, after: str | None = None, **_: Any) -> dict[str, Any]:
        start, stop = self.cut(len(listed), int((after or "0").split(".")[0]), min(first, self.size))
        info = {"hasNextPage": self.is_more(stop, len(listed)), "endCursor": self.token(stop, after)}
        return {"nodes": listed[start:stop], "pageInfo": info}
