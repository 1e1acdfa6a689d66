"""Jira Cloud: issues with their whole history, worklogs, versions, projects and statuses."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import ApiSource, Meaning, Page, Stream, Window, basic
from sources.fetching.walks import Listing, Part, texts, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

ISSUES, AT_ONCE, CHANGES = 100, 10, 1000  # issues a page, pages whose histories are asked for at once, changes a page
API = "/rest/api/3"
# asked by field, so that descriptions, comments and attachments never leave Jira
FIELDS = (
    *("summary", "status", "statuscategorychangedate", "issuetype", "project", "parent", "assignee", "created"),
    *("updated", "duedate", "resolution", "resolutiondate", "fixVersions"),
)
HISTORY = ("status", "assignee", "duedate", "resolution", "issuetype", "parent", "project")
ANY_ZONE = timedelta(hours=12)  # a query's time is in the zone of the token's user, which is not known

SEARCH = Listing("issues", token="nextPageToken?", is_last="isLast?")
HISTORIES = Listing("issueChangeLogs", token="nextPageToken?")
CHANGED = Listing("values", token="until?", is_last="lastPage")
PROJECTS = Listing("values", is_last="isLast")


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
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="What a status means; default: its category in Jira"
    )

    asks: ClassVar = ("user", "projects", "story_points")
    maps: ClassVar = ("story_points", "deliverables", "statuses", "categories")
    categories: ClassVar = {
        "new": "to_do",
        "indeterminate": "in_progress",
        "done": "done",
    }  # of a status, by Jira's key
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "an API token of a user who may browse the projects; nothing is ever written"

    def headers(self, secret: str) -> dict[str, str]:
        """Basic authentication with the user's e-mail and token."""
        return basic(self.user, secret)

    def scope(self, api: "Api") -> list[str]:
        """The keys of all projects that the token sees."""
        return texts(_projects(api), "key")

    def wanted(self) -> tuple[str, ...] | None:
        """The projects that the settings name."""
        return self.projects or None

    def counts(self, api: "Api") -> dict[str, str]:
        """About how many issues there are, and the fields that may hold estimates."""
        found = api.value("count", f"{API}/search/approximate-count", {"jql": self.jql(None)})
        fields = api.get(list[msgspec.Raw], f"{API}/field")
        named = zip(texts(fields), texts(fields, "name"), strict=True)
        listed = ", ".join(f"{key} ({name})" for key, name in named if "point" in name.lower())
        return {"issues": f"about {found:,}", "story_points": listed or "no field is named so"}

    def jql(self, window: Window | None) -> str:
        """The query of a pull's issues, in an order that no change of an issue alters."""
        since = window.since if window else None
        keys = msgspec.json.encode(self.projects).decode().strip("[]")  # JQL quotes as JSON does
        asked = [f"project in ({keys})"] if self.projects else []
        if since is not None:
            changed = f'updated >= "{since - ANY_ZONE:%Y-%m-%d %H:%M}"'
            is_open = window is not None and window.kind == "snapshot"
            asked.append(f"({changed} or statusCategory != Done)" if is_open else changed)
        # a query without any restriction is refused
        return f"{' and '.join(asked) or 'created >= 1970-01-02'} order by created asc, key asc"


def _at(token: str | None) -> dict[str, str]:
    return {"nextPageToken": token} if token else {}


def _issues(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:
    """Issues, and the whole history of each: a search would cut histories off without saying so."""
    points = [source.story_points] if source.story_points else []
    asked = {"jql": source.jql(window), "fields": [*FIELDS, *points], "maxResults": ISSUES}

    def histories(ids: list[str]) -> Iterator[msgspec.Raw]:
        body = {"issueIdsOrKeys": ids, "fieldIds": [*HISTORY, *points], "maxResults": CHANGES}
        found = tokens(api, lambda token: api.part(HISTORIES, f"{API}/changelog/bulkfetch", body | _at(token)))
        return (record for part in found for record in part.records)

    issues: list[msgspec.Raw] = []
    found = tokens(api, lambda token: api.part(SEARCH, f"{API}/search/jql", asked | _at(token)), at)
    for number, part in enumerate(found, 1):
        issues += part.records
        if issues and (number % AT_ONCE == 0 or part.is_last):
            yield Page({"issues": issues, "changelogs": list(histories(texts(issues)))}, part.token)
            issues = []


def _worklogs(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """Worklogs changed since a moment, at most a thousand a call; the list of one ends where the next begins."""
    since = int(window.since.timestamp() * 1000) if window.since else 0
    for part in tokens(api, lambda moment: api.part(CHANGED, f"{API}/worklog/updated", since=moment or since), at):
        ids = [int(number) for number in texts(part.records, "worklogId")]
        found = api.post(list[msgspec.Raw], f"{API}/worklog/list", {"ids": ids}) if ids else []
        yield Page({"worklogs": found}, part.token)


def _projects(api: "Api") -> list[msgspec.Raw]:
    def ask(start: int | None) -> Part:
        part = api.part(PROJECTS, f"{API}/project/search", startAt=start or 0, maxResults=50)
        return part._replace(token=(start or 0) + len(part.records))

    return [record for part in tokens(api, ask) for record in part.records]


def _rest(api: "Api", source: JiraSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """Statuses, projects and their versions: all of them, each time, as one page."""
    found = _projects(api)
    read = {key: raw for key, raw in zip(texts(found, "key"), found, strict=True) if key in (source.projects or [key])}
    versions = [raw for key in read for raw in api.get(list[msgspec.Raw], f"{API}/project/{key}/versions")]
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
