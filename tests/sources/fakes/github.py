"""A fake GitHub, written from GitHub's description of its REST API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request, described, lines

DESCRIPTION = described("github")


def recorded() -> dict[str, list[Any]]:
    """Records of a real repository."""
    return {
        stream: [{"repository": "acme/web", "record": record} for record in lines(f"github_{stream}.jsonl")]
        for stream in ("issues", "events")
    }


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%SZ}"


class FakeGitHub(Fake):
    """Two repositories; in the second, the last issue of each is a pull request."""

    name = "github"
    description = DESCRIPTION
    size = 2  # records a page
    # pages have numbers, so that none can be empty or short, and the last one is that without a link
    impossible = ("empty", "shrinks", "no token")

    def __init__(self) -> None:
        super().__init__()
        self.repositories = ["acme/web", "acme/api"]
        self.issues: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in self.repositories}
        self.events: dict[str, list[dict[str, Any]]] = {name: [] for name in self.repositories}
        for repository in self.repositories:
            for number in range(1, 5):
                self.put(repository, number, datetime(2025, 2, number, tzinfo=UTC), closed=number % 2 == 0)

    def put(self, repository: str, number: int, now: datetime, closed: bool) -> None:
        """Add or change an issue."""
        before, base = self.issues[repository].get(number), 100 * self.repositories.index(repository)
        created = before["created_at"] if before else moment(now)
        known = {"id": base + number, "number": number, "title": "Some work", "state": "closed" if closed else "open"}
        known |= {"created_at": created, "updated_at": moment(now), "closed_at": moment(now) if closed else None}
        known |= {"state_reason": "completed" if closed else None}
        if number == 4:
            urls = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), "https://example.invalid/")
            known["pull_request"] = urls | {"merged_at": None}
        self.issues[repository][number] = DESCRIPTION.filled("issue", known)
        if closed or before:
            event = {"id": base * 10 + len(self.events[repository]) + 1, "event": "closed" if closed else "labeled"}
            event |= (
                {"created_at": moment(now), "label": {"name": "bug", "color": "red"}}
                if not closed
                else {"created_at": moment(now)}
            )
            event["issue"] = self.issues[repository][number]
            self.events[repository].append(DESCRIPTION.filled("issue-event", event))

    def change(self, now: datetime) -> None:
        """Change issues, and add one."""
        self.put("acme/web", 1, now, closed=True)
        self.put("acme/api", max(self.issues["acme/api"]) + 1, now + timedelta(seconds=5), closed=False)

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.issues["acme/web"][3]
        return "work_items"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        return self.repositories.pop()

    def truth(self, stream: str) -> set[str]:
        """The ids that a whole pull holds."""
        match stream:
            case "issues":
                return {str(issue["id"]) for issues in self.issues.values() for issue in issues.values()}
            case "events":
                return {str(event["id"]) for events in self.events.values() for event in events}
            case _:
                return {"1", "2"}

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(404, {"message": "Not Found"})
        _, _, owner, name, *path = request.path.split("/")
        repository = f"{owner}/{name}"
        if repository not in self.repositories:
            raise Refused(404, {"message": "Not Found"})
        match path:
            case ["issues"]:
                since = request.first("since")
                found = [issue for issue in self.issues[repository].values() if issue["updated_at"] >= since]
                found.sort(key=lambda issue: issue["created_at"])
            case ["issues", "events"]:
                found = self.events[repository][::-1]
            case ["releases"]:
                known = {"id": self.repositories.index(repository) + 1, "name": None, "tag_name": "v1", "draft": False}
                found = [DESCRIPTION.filled("release", known | {"published_at": "2025-02-03T00:00:00Z"})]
            case _:
                found = []
        return self._page(request, found)

    def _page(self, request: Request, found: list[Any]) -> tuple[list[Any], dict[str, str]]:
        page = int(request.first("page", "1"))
        start, stop = self.cut(len(found), (page - 1) * self.size, self.size)
        query = "&".join(f"{name}={values[0]}" for name, values in request.query.items() if name != "page")
        following = page if self.fault == "token twice" else page + 1
        link = f'<{self.url}{request.path}?{query}&page={following}>; rel="next"'
        return found[start:stop], {"Link": link} if self.is_more(stop, len(found)) else {}
