"""GitLab: issues with their events, time spent, releases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import quote

import msgspec
from pydantic import Field, StringConstraints

from sources.fetching.source import ApiSource, Meaning, Stream, Window
from sources.fetching.walks import Listing, Part, each, marked, texts, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

Project = Annotated[str, StringConstraints(pattern=r"^[\w.-]+(/[\w.-]+)+$")]
API = "/api/v4/projects"
TIMELOGS = Listing(
    "data.project.timelogs.nodes",
    token="data.project.timelogs.pageInfo.endCursor?",
    has_more="data.project.timelogs.pageInfo.hasNextPage",
)
QUERY = """query($project: ID!, $after: String, $since: Time) {
    project(fullPath: $project) { timelogs(first: 100, after: $after, startTime: $since) {
        nodes { id timeSpent spentAt user { id } issue { id } } pageInfo { hasNextPage endCursor } } } }"""


class GitLabSource(ApiSource):
    """Projects of GitLab.com, or of a GitLab server."""

    type: Literal["gitlab"] = Field(description="Kind of source")
    url: str = Field(default="https://gitlab.com", description="Address of the server, https")
    projects: tuple[Project, ...] = Field(min_length=1, description="Paths of projects, as group/project")
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="What a label means, such as workflow::doing; others mean nothing"
    )

    asks: ClassVar = ("projects",)
    maps: ClassVar = ("statuses",)
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a token with the scope read_api, of a reporter or more in each project"

    def scope(self, api: "Api") -> list[str]:
        """The projects that the token sees."""
        return [path for path in self.projects if api.find(msgspec.Raw, _here(path)) is not None]

    def wanted(self) -> tuple[str, ...]:
        """The projects that the settings name."""
        return self.projects


def _here(project: str) -> str:
    return f"{API}/{quote(project, safe='')}"


def _projects(api: "Api", source: GitLabSource) -> tuple[str, ...]:  # noqa: ARG001
    return source.projects


def _issues(api: "Api", source: GitLabSource, window: Window, project: str, address: Any) -> Part:  # noqa: ARG001
    """Issues in the order of creation, which no change alters, and all events of each: there is no list of events."""
    since = {"updated_after": window.iso} if window.iso else {}
    asked = {"scope": "all", "order_by": "created_at", "sort": "asc", "per_page": 100} | since
    part = api.linked(f"{_here(project)}/issues", address, **asked)
    events: dict[str, list[Any]] = {"state": [], "label": []}
    for number in texts(part.records, "iid"):
        for kind, found in events.items():
            path = f"{_here(project)}/issues/{number}/resource_{kind}_events"
            listed = tokens(api, lambda at, path=path: api.linked(path, at, per_page=100))
            found += [record for page in listed for record in page.records]
    issues = marked(part.records, project=project)
    return Part({"issues": issues, "state_events": events["state"], "label_events": events["label"]}, *part[1:])


def _timelogs(api: "Api", source: GitLabSource, window: Window, project: str, token: Any) -> Part:  # noqa: ARG001
    """Time spent, each time whole: an older entry may be deleted or added."""
    since = f"{source.since}T00:00:00Z" if source.since else None
    return api.graphql(TIMELOGS, "/api/graphql", QUERY, project=project, after=token, since=since)


def _releases(api: "Api", source: GitLabSource, window: Window, project: str, address: Any) -> Part:  # noqa: ARG001
    part = api.linked(f"{_here(project)}/releases", address, per_page=100)
    return part._replace(records=marked(part.records, project=project))


GitLabSource.streams = (
    Stream("issues", ("project", "record"), each("issues", _projects, _issues)),
    Stream("state_events", ("id", "resource_id", "created_at", "state", "user")),
    Stream("label_events", ("id", "resource_id", "created_at", "label", "action", "user")),
    Stream("timelogs", ("id", "timeSpent", "spentAt", "user", "issue"), each("timelogs", _projects, _timelogs)),
    Stream("releases", ("project", "record"), each("releases", _projects, _releases)),
)
