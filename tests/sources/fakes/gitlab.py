"""A fake GitLab, as its pages describe the REST API, and its GraphQL API for time spent."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.sources.fakes.server import Fake, Refused, Request, lines


def recorded() -> dict[str, list[Any]]:
    """Issues of a real project."""
    return {"issues": [{"project": "acme/web", "record": record} for record in lines("gitlab_issues.jsonl")]}


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}.000Z"


class FakeGitLab(Fake):
    """Two projects with issues, some of which were begun by a label and closed."""

    name = "gitlab"
    size = 2
    # pages have numbers, so that none can be empty or short, and the last one is that without a link
    impossible = ("empty", "shrinks", "no token")

    def __init__(self) -> None:
        super().__init__()
        self.projects = ["acme/web", "acme/api"]
        self.issues: dict[int, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {"state": [], "label": []}
        self.timelogs = {n: 1800 * n for n in range(1, 4)}
        for number in range(1, 9):
            self.put(number, datetime(2025, 2, number, tzinfo=UTC), number % 3)

    def put(self, number: int, now: datetime, steps: int) -> None:
        """Add an issue, or move it: by a label, then by closing it."""
        issue = self.issues.setdefault(number, {
            "id": 100 + number, "iid": number, "project": self.projects[number % 2], "title": "Some work",
            "state": "opened", "created_at": moment(now), "closed_at": None, "labels": ["bug"], "issue_type": "issue",
            "assignees": [{"id": number % 3}], "weight": 3, "milestone": {"due_date": "2025-12-31"}, "web_url": "https://example.invalid/",
        })  # fmt: skip
        issue["updated_at"] = moment(now)
        common = {"user": {"id": 1}, "resource_type": "Issue", "resource_id": 100 + number}
        for nth, (kind, more) in enumerate(
            [("label", {"label": {"name": "doing"}, "action": "add"}), ("state", {"state": "closed"})][:steps]
        ):
            at = moment(now + timedelta(minutes=nth))
            self.events[kind].append({"id": len(self.events[kind]) + 1, "created_at": at} | common | more)
            issue |= {"updated_at": at} | (
                {"state": "closed", "closed_at": at} if kind == "state" else {"labels": ["bug", "doing"]}
            )

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put(3, now, 2)
        self.put(9, now, 1)
        self.timelogs[4] = 60

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.issues[5]
        return "work_items"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        return self.projects.pop()

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        found = {
            "issues": {str(issue["id"]) for issue in self.issues.values()},
            "timelogs": {f"gid://gitlab/IssuableTimelog/{number}" for number in self.timelogs},
            "releases": {"v1"},
        }
        return found.get(
            stream, {str(event["id"]) for event in self.events[stream.split("_")[0]]} if "_" in stream else set()
        )

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, {"message": "401 Unauthorized"})
        if request.path == "/api/graphql":
            return self._timelogs(request.body), {}
        project, *path = request.path.removeprefix("/api/v4/projects/").split("/")
        if unquote(project) not in self.projects:
            raise Refused(404, {"message": "404 Project Not Found"})
        match path:
            case []:
                return {"path_with_namespace": unquote(project)}, {}
            case ["issues"]:
                known = [issue for issue in self.issues.values() if issue["project"] == unquote(project)]
                found = [i for i in known if i["updated_at"] >= request.first("updated_after")]
            case ["issues", number, events]:
                found = [e for e in self.events[events.split("_")[1]] if e["resource_id"] == 100 + int(number)]
            case _:
                found = [
                    {"tag_name": "v1", "name": "One", "released_at": "2025-02-03T00:00:00Z", "upcoming_release": False}
                ]
        page = int(request.first("page", "1"))
        start, stop = self.cut(len(found), (page - 1) * self.size, self.size)
        query = "&".join(f"{name}={values[0]}" for name, values in request.query.items() if name != "page")
        following = page if self.fault == "token twice" else page + 1
        link = f'<{self.url}{request.path}?{query}&page={following}>; rel="next"'
        return found[start:stop], {"Link": link} if self.is_more(stop, len(found)) else {}

    def _timelogs(self, body: dict[str, Any]) -> dict[str, Any]:
        variables = body["variables"]
        listed = [
            {"id": f"gid://gitlab/IssuableTimelog/{n}", "timeSpent": seconds, "spentAt": "2025-02-03T10:00:00Z",
             "user": {"id": "gid://gitlab/User/1"}, "issue": {"id": "gid://gitlab/Issue/101"}}
            for n, seconds in self.timelogs.items() if variables["project"] == "acme/web"
        ]  # fmt: skip
        start = int((variables["after"] or "0").split(".")[0])
        stop = min(len(listed), start + self.size)
        info = {"hasNextPage": self.is_more(stop, len(listed)), "endCursor": self.token(stop, variables["after"])}
        return {"data": {"project": {"timelogs": {"nodes": listed[start:stop], "pageInfo": info}}}}
