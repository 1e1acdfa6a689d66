"""Jira Cloud: issues with their whole history, worklogs, versions, projects and statuses."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import quote

import msgspec
from pydantic import Field

from sources.fetching.source import ApiSource, Page, Stream, Window
from sources.fetching.walks import Part, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

ISSUES, AT_ONCE, IDS = 100, 10, 1000  # issues a page, pages whose histories are asked for at once, worklogs a call
API = "/rest/api/3"
# asked by field, so that descriptions, comments and attachments never leave Jira
FIELDS = (
    *("summary", "status", "statuscategorychangedate", "issuetype", "project", "parent", "assignee", "created"),
    *("updated", "duedate", "resolution", "resolutiondate", "fixVersions"),
)
HISTORY = ("status", "assignee", "duedate", "resolution", "issuetype", "parent", "project")
CATEGORIES = {"new": "to_do", "indeterminate": "in_progress", "done": "done"}  # of a status, by Jira's key
ANY_ZONE = timedelta(hours=12)  # a query's time is in the zone of the token's user, which is not known


class Issues(msgspec.Struct):
    issues: list[msgspec.Raw]
    isLast: bool | None = None
    nextPageToken: str | None = None


class Histories(msgspec.Struct):
    issueChangeLogs: list[msgspec.Raw]
    nextPageToken: str | None = None


class Listed(msgspec.Struct):
    values: list[msgspec.Raw]
    isLast: bool


class WorklogId(msgspec.Struct):
    worklogId: int


class Worklogs(msgspec.Struct):
    values: list[WorklogId]
    lastPage: bool
    until: int | None = None


class Named(msgspec.Struct):
    id: str = ""
    key: str = ""
    name: str = ""


class Count(msgspec.Struct):
    count: int


class JiraSource(ApiSource):
    """A Jira Cloud site."""

    type: Literal["jira"] = Field(description="Kind of source")
    user: str = Field(description="E-mail address of the token's user")
    projects: tuple[str, ...] = Field(default=(), description="Keys of the projects; default: all that the token sees")
    story_points: str | None = Field(
        default=None,
        pattern=r"^customfield_\d+$",
        description="Field of the estimate; `outcomes connect` lists candidates",
    )
    deliverables: tuple[str, ...] = Field(
        default=(), description="Issue types that are deliverables; default: those of the standard level"
    )
    statuses: dict[str, Literal["to_do", "in_progress", "done", "cancelled"]] = Field(
        default_factory=dict, description="What a status means; default: its category in Jira"
    )

    asks: ClassVar = ("user", "projects", "story_points")
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "an API token of a user who may browse the projects; nothing is ever written"

    def headers(self, secret: str) -> dict[str, str]:
        """Basic authentication with the user's e-mail and token."""
        return {"Authorization": f"Basic {base64.b64encode(f'{self.user}:{secret}'.encode()).decode()}"}

    def scope(self, api: "Api") -> list[str]:
        """The keys of all projects that the token sees."""
        return [msgspec.json.decode(raw, type=Named).key for page in _projects(api) for raw in page]

    def wanted(self) -> tuple[str, ...] | None:
        """The projects that the settings name."""
        return self.projects or None

    def counts(self, api: "Api") -> dict[str, str]:
        """About how many issues there are, and the fields that may hold estimates."""
        found = api.post(Count, f"{API}/search/approximate-count", {"jql": self.jql(None)}).count
        fields = [field for field in api.get(list[Named], f"{API}/field") if "point" in field.name.lower()]
        return {
            "issues": f"about {found:,}",
            "story_points": ", ".join(f"{field.id} ({field.name})" for field in fields) or "no field is named so",
        }

    def mapping_settings(self) -> dict[str, Any]:
        """What the mappings read."""
        return {
            "url": self.url,
            "story_points": self.story_points,
            "deliverables": list(self.deliverables),
            "statuses": dict(self.statuses),
            "categories": CATEGORIES,
        }

    def jql(self, window: Window | None) -> str:
        """The query of a pull's issues, in an order that no change of an issue alters."""
        since = window.since if window else None
        asked = [f"project in ({', '.join(_quoted(key) for key in self.projects)})"] if self.projects else []
        if since is not None:
            changed = f"updated >= {_quoted(f'{since - ANY_ZONE:%Y-%m-%d %H:%M}')}"
            is_open = window is not None and window.kind == "snapshot"
            asked.append(f"({changed} or statusCategory != Done)" if is_open else changed)
        # a query without any restriction is refused
        return f"{' and '.join(asked) or 'created >= 1970-01-02'} order by created asc, key asc"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _issues(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:
    """Issues, and the whole history of each: a search would cut histories off without saying so."""
    fields = [*FIELDS, *filter(None, [source.story_points])]
    asked = {"jql": source.jql(window), "fields": fields, "maxResults": ISSUES}

    def search(token: str | None) -> Part:
        body = api.post(Issues, f"{API}/search/jql", asked | ({"nextPageToken": token} if token else {}))
        is_last = body.isLast if body.isLast is not None else body.nextPageToken is None
        return Part(body.issues, body.nextPageToken, is_last)

    def histories(ids: list[str]) -> Iterator[msgspec.Raw]:
        def ask(token: str | None) -> Part:
            body = api.post(
                Histories,
                f"{API}/changelog/bulkfetch",
                {"issueIdsOrKeys": ids, "fieldIds": [*HISTORY, *filter(None, [source.story_points])], "maxResults": IDS}
                | ({"nextPageToken": token} if token else {}),
            )
            return Part(body.issueChangeLogs, body.nextPageToken, body.nextPageToken is None)

        return (record for part in tokens(api, ask) for record in part.records)

    issues: list[msgspec.Raw] = []
    for number, part in enumerate(tokens(api, search, at), 1):
        issues += part.records
        if issues and (number % AT_ONCE == 0 or part.is_last):
            ids = [msgspec.json.decode(issue, type=Named).id for issue in issues]
            yield Page({"issues": issues, "changelogs": list(histories(ids))}, part.token)
            issues = []


def _worklogs(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """Worklogs changed since a moment; the list of a call ends where the next one begins."""
    since = int(window.since.timestamp() * 1000) if window.since else 0

    def changed(moment: int | None) -> Part:
        body = api.get(Worklogs, f"{API}/worklog/updated", since=moment or since)
        return Part([log.worklogId for log in body.values], body.until, body.lastPage)

    for part in tokens(api, changed, at):
        for start in range(0, len(part.records), IDS):
            ids = part.records[start : start + IDS]
            last = start + IDS >= len(part.records)
            yield Page(
                {"worklogs": api.post(list[msgspec.Raw], f"{API}/worklog/list", {"ids": ids})},
                part.token if last else None,
            )


def _projects(api: "Api") -> Iterator[list[msgspec.Raw]]:
    def ask(start: int | None) -> Part:
        body = api.get(Listed, f"{API}/project/search", startAt=start or 0, maxResults=50)
        return Part(body.values, (start or 0) + len(body.values), body.isLast)

    return (part.records for part in tokens(api, ask))


def _rest(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """Statuses, projects and their versions: all of them, each time, as one page."""
    found = [raw for page in _projects(api) for raw in page]
    keys = [msgspec.json.decode(raw, type=Named).key for raw in found]
    read = {key: raw for key, raw in zip(keys, found, strict=True) if not source.projects or key in source.projects}
    versions = [
        raw for key in read for raw in api.get(list[msgspec.Raw], f"{API}/project/{quote(key, safe='')}/versions")
    ]
    statuses = api.get(list[msgspec.Raw], f"{API}/status")
    yield Page({"statuses": statuses, "projects": list(read.values()), "versions": versions})


JiraSource.streams = (
    Stream("issues", ("id", "key", "fields"), _issues),
    Stream("changelogs", ("issueId", "changeHistories")),
    Stream("worklogs", ("id", "issueId", "author", "started", "timeSpentSeconds"), _worklogs),
    Stream("statuses", ("id", "name", "statusCategory"), _rest),
    Stream("projects", ("id", "key", "name")),
    Stream("versions", ("id", "name", "released", "releaseDate", "projectId")),
)
