"""Linear: issues with their history, projects, initiatives, teams."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sources.fetching.source import ApiSource, Meaning, Page, Stream, Window
from sources.fetching.walks import Listing, Part, Walk, marked, pages, texts, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

PATH = "/graphql"
ISSUES, CHANGES = 25, 25  # a page, and changes of each of its issues: a query may cost 10,000 points
INFO = "pageInfo { hasNextPage endCursor }"
BEGUN = Listing("history.nodes", "history.pageInfo.endCursor?", has_more="history.pageInfo.hasNextPage")
# no name of a person, no description, no comment
HISTORY = """
    id createdAt actorId fromState { name type } toState { name type } fromAssigneeId toAssigneeId fromDueDate toDueDate
    fromEstimate toEstimate fromProjectId toProjectId fromTeamId toTeamId fromParentId toParentId
"""
ISSUE = f"""
    id identifier url title createdAt startedAt completedAt canceledAt dueDate estimate trashed
    state {{ name type }} team {{ id }} project {{ id }} parent {{ id }} assignee {{ id }}
    history(first: {CHANGES}) {{ nodes {{ {HISTORY} }} {INFO} }}
"""
# what isn't issues, each time whole
PROJECT = """
    id name url startDate targetDate startedAt completedAt canceledAt trashed status { type }
    teams(first: 1) { nodes { id } } initiatives(first: 1) { nodes { id } }
"""
INITIATIVE = "id name createdAt startedAt completedAt targetDate trashed owner { id } parentInitiative { id }"
TEAM = "id key name parent { id }"


class LinearSource(ApiSource):
    """A workspace of Linear."""

    type: Literal["linear"] = Field(description="Kind of source")
    url: str = Field(default="https://api.linear.app", description="Address of the API, https")
    teams: tuple[str, ...] = Field(default=(), description="Keys of the teams; default: all that the key sees")
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="What a status means; default: its category in Linear"
    )

    asks: ClassVar = ("teams",)
    maps: ClassVar = ("teams", "statuses", "categories")
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a personal API key that may only read"
    categories: ClassVar = {
        "triage": "to_do", "backlog": "to_do", "unstarted": "to_do", "started": "in_progress", "completed": "done",
        "canceled": "cancelled", "duplicate": "cancelled",
    }  # fmt: skip

    def headers(self, secret: str) -> dict[str, str]:
        """The key itself."""
        return {"Authorization": secret}

    def scope(self, api: "Api") -> list[str]:
        """The keys of the teams that the key sees."""
        found = tokens(api, lambda token: _asked(api, "teams", "key", token))
        return [key for part in found for key in texts(part.records, "key")]

    def wanted(self) -> tuple[str, ...] | None:
        """The teams that the settings name."""
        return self.teams or None

    def filtered(self, window: Window) -> dict[str, Any]:
        """The filter of a pull's issues."""
        found: dict[str, Any] = {"team": {"key": {"in": list(self.teams)}}} if self.teams else {}
        if window.iso:
            changed = {"updatedAt": {"gte": window.iso}}
            is_open = {"state": {"type": {"nin": ["completed", "canceled"]}}}
            found["or"] = [changed, is_open] if window.kind == "snapshot" else [changed]
        return found


def _asked(api: "Api", what: str, members: str, token: str | None, first: int = 50, **given: Any) -> Part:
    """A part of one of the workspace's lists, archived records too."""
    declared, used = ("$filter: IssueFilter, ", "filter: $filter, ") if given else ("", "")
    query = f"""query({declared}$first: Int, $after: String) {{
        {what}({used}first: $first, after: $after, includeArchived: true) {{ nodes {{ {members} }} {INFO} }} }}"""
    return api.graphql(_listing(what), PATH, query, first=first, after=token, **given)


def _listing(what: str) -> Listing:
    here = f"data.{what}"
    return Listing(f"{here}.nodes", f"{here}.pageInfo.endCursor?", has_more=f"{here}.pageInfo.hasNextPage")


def _issues(api: "Api", source: LinearSource, window: Window, at: Any) -> Iterator[Page]:
    """Issues, each with the beginning of its history; the rest of long ones are records of their own."""
    query = f"""query($id: String!, $first: Int, $after: String) {{
        issue(id: $id) {{ history(first: $first, after: $after) {{ nodes {{ {HISTORY} }} {INFO} }} }} }}"""

    def rest(issue: str, cursor: Any) -> list[bytes]:
        listing = _listing("issue.history")
        found = tokens(api, lambda token: api.graphql(listing, PATH, query, id=issue, first=100, after=token), cursor)
        return [record for part in found for record in marked(part.records, issue=issue)]

    found = tokens(api, lambda token: _asked(api, "issues", ISSUE, token, ISSUES, filter=source.filtered(window)), at)
    for part in found:
        begun = [BEGUN.read(bytes(raw)) for raw in part.records]
        long = [
            (issue, history.token)
            for issue, history in zip(texts(part.records), begun, strict=True)
            if not history.is_last
        ]
        more = [record for issue, cursor in long for record in rest(issue, cursor)]
        yield Page({"issues": part.records, "changes": more}, part.token)


def _all(stream: str, members: str) -> Walk:
    """A walk of a list that is read whole each time."""

    def ask(api: "Api", source: LinearSource, window: Window, token: Any) -> Part:  # noqa: ARG001
        return _asked(api, stream, members, token)

    return pages(stream, ask)


LinearSource.streams = (
    Stream(
        "issues",
        (
            *("id", "identifier", "url", "title", "createdAt", "startedAt", "completedAt", "canceledAt", "dueDate"),
            *("estimate", "trashed", "state", "team", "project", "parent", "assignee", "history"),
        ),
        _issues,
    ),
    Stream("changes", ("issue", "record")),
    Stream(
        "projects",
        (
            *("id", "name", "startDate", "targetDate", "startedAt", "completedAt", "canceledAt", "trashed", "status"),
            *("teams", "initiatives"),
        ),
        _all("projects", PROJECT),
    ),
    Stream(
        "initiatives",
        ("id", "name", "createdAt", "startedAt", "targetDate", "trashed", "owner", "parentInitiative"),
        _all("initiatives", INITIATIVE),
    ),
    Stream("teams", ("id", "key", "name", "parent"), _all("teams", TEAM)),
)
