"""Asana: tasks with their history, projects, goals with their metrics."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sources.fetching.source import ApiSource, Meaning, Stream, Window
from sources.fetching.walks import Listing, Part, each, marked, pages, texts, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

API = "/api/1.0"
LISTED = Listing("data", token="next_page?.offset?")
# asked by field, so that notes, comments and names of people never leave Asana
TASK = (
    *("name", "resource_subtype", "created_at", "completed", "completed_at", "due_on", "start_on", "permalink_url"),
    *("parent", "assignee", "memberships.project", "memberships.section", "memberships.section.name"),
    *("custom_fields.name", "custom_fields.number_value"),
)
STORY = (
    *("created_at", "created_by", "resource_subtype", "assignee", "old_section.name", "new_section.name"),
    *("project", "old_dates.due_on", "new_dates.due_on"),
)
PROJECT = (
    *("name", "archived", "completed", "completed_at", "created_at", "start_on", "due_on", "permalink_url"),
    *("team", "team.name"),
)
GOAL = (
    *("name", "owner", "team", "start_on", "due_on", "status", "time_period.start_on", "time_period.end_on"),
    *(f"metric.{name}" for name in ("initial_number_value", "current_number_value", "target_number_value")),
    *(f"metric.{name}" for name in ("unit", "currency_code", "progress_source", "resource_subtype")),
)


class AsanaSource(ApiSource):
    """A workspace of Asana."""

    type: Literal["asana"] = Field(description="Kind of source")
    url: str = Field(default="https://app.asana.com", description="Address of the API, https")
    workspace: str = Field(pattern=r"^\d+$", description="Id of the workspace; `outcomes connect` lists those it sees")
    projects: tuple[str, ...] = Field(default=(), description="Ids of projects; default: all of the workspace")
    goals: bool = Field(default=True, description="Read goals, which Asana has from its plan Advanced on")
    estimate: str | None = Field(default=None, description="Name of the custom field, a number, that is the estimate")
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="What a section means, such as Doing; others mean to do"
    )

    asks: ClassVar = ("workspace", "projects", "goals")
    maps: ClassVar = ("estimate", "statuses")
    readings: ClassVar = ("key_result_checkins",)
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a personal access token of a member who sees the projects and goals; nothing is ever written"

    def scope(self, api: "Api") -> list[str]:
        """The named projects that the token sees; without names, the workspace, where projects come and go."""
        if not self.projects:
            return [workspace for workspace in texts(_workspaces(api), "gid") if workspace == self.workspace]
        seen = set(_all_projects(api, self))
        return [project for project in self.projects if project in seen]

    def wanted(self) -> tuple[str, ...]:
        """The projects that the settings name, or the workspace."""
        return self.projects or (self.workspace,)

    def counts(self, api: "Api") -> dict[str, str]:
        """The workspaces that the token sees, and the number of projects."""
        found = _workspaces(api)
        named = [f"{gid} ({name})" for gid, name in zip(texts(found, "gid"), texts(found, "name"), strict=True)]
        return {"workspace": ", ".join(named), "projects": f"{len(_all_projects(api, self)):,}"}


def _asked(api: "Api", path: str, fields: tuple[str, ...], offset: Any = None, **params: Any) -> Part:
    given = {"limit": 100, "opt_fields": ",".join(fields)} | ({"offset": offset} if offset else {})
    return api.part(LISTED, f"{API}/{path}", **params, **given)


def _workspaces(api: "Api") -> list[Any]:
    return [
        record for part in tokens(api, lambda at: _asked(api, "workspaces", ("name",), at)) for record in part.records
    ]


def _projects(api: "Api", source: AsanaSource, window: Window, offset: Any) -> Part:  # noqa: ARG001
    return _asked(api, "projects", PROJECT, offset, workspace=source.workspace)


def _all_projects(api: "Api", source: AsanaSource) -> list[str]:
    found = tokens(api, lambda at: _asked(api, "projects", ("name",), at, workspace=source.workspace))
    return [gid for part in found for gid in texts(part.records, "gid")]


def _read(api: "Api", source: AsanaSource) -> list[str]:
    return list(source.projects) or _all_projects(api, source)


def _tasks(api: "Api", source: AsanaSource, window: Window, project: str, offset: Any) -> Part:  # noqa: ARG001
    """Tasks of a project, and all stories of each: there is no list of them."""
    since = {"modified_since": window.iso} if window.iso else {}
    part = _asked(api, "tasks", TASK, offset, project=project, **since)
    stories: list[Any] = []
    for task in texts(part.records, "gid"):
        for found in tokens(api, lambda at, task=task: _asked(api, f"tasks/{task}/stories", STORY, at)):
            stories += marked(found.records, task=task)
    return part._replace(records={"tasks": part.records, "stories": stories})


def _goals(api: "Api", source: AsanaSource, window: Window, offset: Any) -> Part:  # noqa: ARG001
    return (
        _asked(api, "goals", GOAL, offset, workspace=source.workspace) if source.goals else Part([], None, is_last=True)
    )


def _project_goals(api: "Api", source: AsanaSource, window: Window, project: str, offset: Any) -> Part:  # noqa: ARG001
    """The goals that a project supports."""
    part = _asked(api, "goals", ("name",), offset, project=project)
    return part._replace(records=marked(part.records, project=project))


def _with_goals(api: "Api", source: AsanaSource) -> list[str]:
    return _read(api, source) if source.goals else []


MEMBERS = ("gid", "name")
AsanaSource.streams = (
    Stream("projects", (*MEMBERS, *PROJECT[1:-1]), pages("projects", _projects)),
    Stream("tasks", (*MEMBERS, *TASK[1:10], "memberships", "custom_fields"), each("tasks", _read, _tasks)),
    Stream("stories", ("task", "record")),
    Stream("goals", (*MEMBERS, *GOAL[1:6], "time_period", "metric"), pages("goals", _goals)),
    Stream("project_goals", ("project", "record"), each("project_goals", _with_goals, _project_goals)),
)
