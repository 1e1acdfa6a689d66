"""Azure DevOps: every revision of the work items, the items of the portfolio backlog, types and their states."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field

from sources.fetching.source import ApiSource, Meaning, Page, Stream, Window, basic
from sources.fetching.walks import Listing, Part, Walk, each, marked, texts, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

VERSION = {"api-version": "7.1"}
# asked by field, so that descriptions and discussions never leave Azure DevOps
FIELDS = (
    *("TeamProject", "AreaPath", "WorkItemType", "Title", "State", "Reason", "AssignedTo", "Parent"),
    *("CreatedDate", "ChangedDate", "ChangedBy"),
)
DATES = ("ActivatedDate", "ClosedDate", "StateChangeDate")
REVISIONS = Listing("values", token="continuationToken?", is_last="isLastBatch")
AT_ONCE, FOUND, PROJECTS = 200, 20_000, 100  # items of a batch, of a query, projects of a list


class AzureDevOpsSource(ApiSource):
    """An organization of Azure DevOps Services."""

    type: Literal["azure_devops"] = Field(description="Kind of source")
    url: str = Field(default="https://dev.azure.com", description="Address of the API, https")
    organization: str = Field(pattern=r"^[A-Za-z0-9-]+$", description="Name of the organization")
    projects: tuple[str, ...] = Field(default=(), description="Names of the projects; default: all that the token sees")
    estimate: str | None = Field(
        default=None, pattern=r"^[\w.]+$", description="Field of the estimate; `outcomes connect` lists candidates"
    )
    due_date: str | None = Field(default=None, pattern=r"^[\w.]+$", description="Field of the day an item is due")
    initiatives: tuple[str, ...] = Field(default=("Epic", "Feature"), description="Types that are initiatives")
    deliverables: tuple[str, ...] = Field(
        default=(), description="Types that are deliverables; default: those of the requirement category"
    )
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="What a state means; default: its category in Azure DevOps"
    )

    asks: ClassVar = ("organization", "estimate", "due_date", "initiatives")
    maps: ClassVar = (*asks, "projects", "deliverables", "statuses", "categories")
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a personal access token with the scopes Work Items (read) and Project and Team (read)"
    categories: ClassVar = {
        "Proposed": "to_do", "InProgress": "in_progress", "Resolved": "in_progress", "Completed": "done",
        "Removed": "cancelled",
    }  # fmt: skip

    def headers(self, secret: str) -> dict[str, str]:
        """Basic authentication without a user."""
        return basic("", secret)

    def scope(self, api: "Api") -> list[str]:
        """The projects that the token sees."""

        def ask(start: int | None) -> Part:
            asked = VERSION | {"$top": PROJECTS, "$skip": start or 0}
            part = api.part(Listing("value"), f"/{self.organization}/_apis/projects", **asked)
            return Part(part.records, (start or 0) + len(part.records), not part.records)

        return [name for part in tokens(api, ask) for name in texts(part.records, "name")]

    def wanted(self) -> tuple[str, ...] | None:
        """The projects that the settings name."""
        return self.projects or None

    def counts(self, api: "Api") -> dict[str, str]:
        """The fields that may hold estimates, and days that items are due."""
        known = api.part(Listing("value"), f"/{self.organization}/_apis/wit/fields", **VERSION).records
        found = {"estimate": ("StoryPoints", "Effort", "Size"), "due_date": ("TargetDate", "DueDate")}
        return {
            setting: ", ".join(f for f in texts(known, "referenceName") if f.rpartition(".")[2] in names)
            or "no field is named so"
            for setting, names in found.items()
        }

    def fields(self) -> list[str]:
        """The fields that are read of a revision."""
        dates = (f"Microsoft.VSTS.Common.{name}" for name in DATES)
        return [*(f"System.{name}" for name in FIELDS), *dates, *filter(None, (self.estimate, self.due_date))]


def _revisions(api: "Api", source: AzureDevOpsSource, window: Window, at: Any) -> Iterator[Page]:
    """Revisions since a moment, and, of each item that is older, the one before: a change is told by two of them."""
    here, fields = f"/{source.organization}/_apis/wit", source.fields()

    def ask(token: str | None) -> Part:
        place = {"continuationToken": token} if token else {"startDateTime": window.iso} if window.iso else {}
        asked = VERSION | {"fields": ",".join(fields), "includeIdentityRef": "true"}
        return api.part(REVISIONS, f"{here}/reporting/workitemrevisions", **asked, **place)

    for part in tokens(api, ask, at):
        found = list(part.records)
        older = {int(key) for key, rev in zip(texts(found), texts(found, "rev"), strict=True) if int(rev) > 1}
        ids = sorted(older)
        for start in range(0, len(ids) if window.iso else 0, AT_ONCE):
            body = {"ids": ids[start : start + AT_ONCE], "fields": fields, "asOf": window.iso, "errorPolicy": "omit"}
            before = api.part(Listing("value"), f"{here}/workitemsbatch", body, **VERSION).records
            found += [raw for raw in before if bytes(raw) != b"null"]
        yield Page({"revisions": found}, part.token)


def _portfolio(api: "Api", source: AzureDevOpsSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """The ids of all initiatives, each time: a revision names its parent, and not the parent's type."""
    types = ", ".join("'" + name.replace("'", "''") + "'" for name in source.initiatives)

    def ask(last: int | None) -> Part:
        query = f"select [System.Id] from WorkItems where [System.WorkItemType] in ({types})"
        query += f" and [System.Id] > {last or 0} order by [System.Id]"
        asked = VERSION | {"$top": FOUND}
        part = api.part(Listing("workItems"), f"/{source.organization}/_apis/wit/wiql", {"query": query}, **asked)
        ids = texts(part.records)
        return Part(part.records, int(ids[-1]) if ids else None, not ids)

    for part in tokens(api, ask, at):
        yield Page({"portfolio": part.records}, part.token)


def _each(stream: str, path: str) -> Walk:
    """A walk of one list of each project."""

    def ask(api: "Api", source: AzureDevOpsSource, window: Window, project: str, token: Any) -> Part:  # noqa: ARG001
        here = f"/{source.organization}/{quote(project, safe='')}/_apis/wit/{path}"
        return Part(marked(api.part(Listing("value"), here, **VERSION).records, project=project), None, is_last=True)

    return each(stream, lambda api, source: source.wanted() or source.scope(api), ask)


MEMBERS = ("project", "record")
AzureDevOpsSource.streams = (
    Stream("revisions", ("id", "rev", "fields"), _revisions),
    Stream("portfolio", ("id",), _portfolio),
    Stream("types", MEMBERS, _each("types", "workitemtypes")),
    Stream("categories", MEMBERS, _each("categories", "workitemtypecategories")),
)
