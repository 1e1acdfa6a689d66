"""A fake Jira Cloud, written from Atlassian's description of its API."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request, described, lines

STATUSES = [("1", "To do", "new"), ("3", "Doing", "indeterminate"), ("5", "Done", "done")]


def status(number: str) -> dict[str, Any]:
    name, category = next((name, category) for known, name, category in STATUSES if known == number)
    return {"id": number, "name": name, "statusCategory": {"id": int(number), "key": category, "name": name}}


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}.000+0000"


def recorded() -> dict[str, list[Any]]:
    """Records of real sites; there, each line is one entry of an issue's history."""
    issues = lines("jira_issues.jsonl")
    history = {"issueId": issues[0]["id"], "changeHistories": lines("jira_issue_changelogs.jsonl")}
    none = {"issueId": issues[1]["id"], "changeHistories": []}
    millis = {
        "id": "1",
        "created": 1735718400000,
        "items": [{"field": "status", "from": "1", "fromString": "Open", "to": "3", "toString": "In Progress"}],
    }
    return {
        "issues": issues,
        "changelogs": [history, none, {"issueId": issues[2]["id"], "changeHistories": [millis]}],
        "worklogs": lines("jira_worklogs.jsonl"),
        "statuses": lines("jira_status.jsonl"),
    }


class FakeJira(Fake):
    """`issues` by number; each has `moves`, the ids of its statuses over time."""

    name = "jira"
    description = described("jira")
    size = 3  # issues a page, whatever is asked for: the real one may give fewer, too

    def __init__(self, count: int = 10) -> None:
        super().__init__()
        self.projects = {"ABC": "Alpha", "OPS": "Operations"}
        self.issues: dict[int, dict[str, Any]] = {}
        for number in range(1, count + 1):
            self.put(number, datetime(2025, 1, number % 28 + 1, 10, tzinfo=UTC), ["1", "3", "5"][: 1 + number % 3])
        self.worklogs = {n: 1800 * n for n in range(1, 6)}

    def put(self, number: int, updated: datetime, moves: list[str], title: str = "Some work") -> None:
        """Add or change an issue."""
        before = self.issues.get(number)
        created = before["created"] if before else updated
        self.issues[number] = {"created": created, "updated": updated, "moves": moves, "title": title}

    def change(self, now: datetime) -> None:
        """Change an issue, and add one."""
        self.put(2, now, ["1", "3", "1", "5"], "Renamed")
        self.put(max(self.issues) + 1, now, ["1", "3"])

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.issues[5]
        return "work_items"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        del self.projects["OPS"]
        return "OPS"

    def truth(self, stream: str) -> set[str]:
        """The ids that a whole pull holds."""
        return {
            "issues": {str(10000 + n) for n in self.issues},
            "changelogs": {str(10000 + n) for n, issue in self.issues.items() if len(issue["moves"]) > 1},
            "worklogs": {str(n) for n in self.worklogs},
            "statuses": {number for number, _, _ in STATUSES},
            "projects": {str(n) for n in range(len(self.projects))},
            "versions": {"70", "71"},
        }[stream]

    def statuses(self) -> list[dict[str, Any]]:
        """The site's statuses."""
        return [status(number) for number, _, _ in STATUSES]

    def _issue(self, number: int) -> dict[str, Any]:
        issue = self.issues[number]
        epic = {
            "id": "10000",
            "key": "ABC-0",
            "fields": {"issuetype": {"id": "9", "name": "Epic", "hierarchyLevel": 1}},
        }
        return {
            "id": str(10000 + number),
            "key": f"ABC-{number}",
            "fields": {
                "summary": issue["title"],
                "status": status(issue["moves"][-1]),
                "issuetype": {"id": "1", "name": "Story", "hierarchyLevel": 0},
                "project": {"id": "0", "key": "ABC"},
                "parent": epic if number > 1 else None,
                "assignee": {"accountId": f"712020:{number % 3}"},
                "created": moment(issue["created"]),
                "updated": moment(issue["updated"]),
                "customfield_10016": 1.5,
                "fixVersions": [{"id": "70", "name": "1.0", "released": True, "releaseDate": "2025-03-01"}],
            },
        }

    def _history(self, number: int) -> list[dict[str, Any]]:
        issue = self.issues[number]
        return [
            {
                "id": str(number * 100 + nth),
                "author": {"accountId": "712020:0"},
                "created": moment(issue["created"] + timedelta(hours=nth)),
                "items": [
                    {
                        "field": "status", "fieldId": "status", "fieldtype": "jira",
                        "from": before, "fromString": status(before)["name"],
                        "to": after, "toString": status(after)["name"],
                    }
                ],
            }
            for nth, (before, after) in enumerate(zip(issue["moves"], issue["moves"][1:], strict=False), 1)
        ]  # fmt: skip

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        path, body = request.path.removeprefix("/rest/api/3"), request.body or {}
        if not request.headers.get("authorization", "").startswith("Basic "):
            raise Refused(401, {"errorMessages": ["sign in"], "errors": {}})
        match request.method, path.strip("/").split("/"):
            case "POST", ["search", "jql"]:
                return self._search(body), {}
            case "POST", ["search", "approximate-count"]:
                return {"count": len(self.issues)}, {}
            case "POST", ["changelog", "bulkfetch"]:
                return self._changelogs(body), {}
            case "GET", ["worklog", "updated"]:
                listed = [{"worklogId": n, "updatedTime": 1, "properties": []} for n in sorted(self.worklogs)]
                return {"values": listed, "since": 0, "until": 5, "lastPage": True}, {}
            case "POST", ["worklog", "list"]:
                return [self._worklog(n) for n in body["ids"]], {}
            case "GET", ["status"]:
                return self.statuses(), {}
            case "GET", ["field"]:
                return [{"id": "customfield_10016", "name": "Story Points"}], {}
            case "GET", ["project", "search"]:
                listed = [{"id": str(n), "key": k, "name": v} for n, (k, v) in enumerate(self.projects.items())]
                start, stop = self.cut(len(listed), int(request.first("startAt", "0")), 50)
                return {"values": listed[start:stop], "isLast": not self.is_more(stop, len(listed))}, {}
            case "GET", ["project", "ABC", "versions"]:
                return [
                    {"id": "70", "name": "1.0", "released": True, "releaseDate": "2025-03-01", "projectId": 0},
                    {"id": "71", "name": "2.0", "released": False, "projectId": 0},
                ], {}
            case "GET", ["project", _, "versions"]:
                return [], {}
            case _:
                raise Refused(404, {"errorMessages": ["no such path"], "errors": {}})

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        since = re.search(r'updated >= "([^"]+)"', body["jql"])
        known = sorted(self.issues, key=lambda n: (self.issues[n]["created"], n))
        if since:
            earliest = datetime.fromisoformat(since[1]).replace(tzinfo=UTC)
            known = [n for n in known if self.issues[n]["updated"] >= earliest]
        start, stop = self.cut(len(known), int((body.get("nextPageToken") or "0").split(".")[0]), self.size)
        page: dict[str, Any] = {"issues": [self._issue(n) for n in known[start:stop]]}
        page["isLast"] = not self.is_more(stop, len(known))
        if not page["isLast"] and (token := self.token(stop, body.get("nextPageToken"))):
            page["nextPageToken"] = token
        return page

    def _changelogs(self, body: dict[str, Any]) -> dict[str, Any]:
        numbers = [int(i) - 10000 for i in body["issueIdsOrKeys"]]
        found = [{"issueId": str(10000 + n), "changeHistories": h} for n in numbers if (h := self._history(n))]
        start, stop = self.cut(len(found), int((body.get("nextPageToken") or "0").split(".")[0]), self.size)
        page: dict[str, Any] = {"issueChangeLogs": found[start:stop]}
        if stop < len(found) or self.fault == "empty":
            page["nextPageToken"] = f"{stop}.{len(self.requests)}"
        return page

    def _worklog(self, number: int) -> dict[str, Any]:
        return {
            "id": str(number), "issueId": "10001", "author": {"accountId": "712020:1"},
            "started": "2025-01-07T17:00:00.000+0200", "timeSpentSeconds": self.worklogs[number],
        }  # fmt: skip
