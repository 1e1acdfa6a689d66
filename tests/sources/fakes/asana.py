"""A fake Asana, written from Asana's description of its API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request, described

WORKSPACE = "100"


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}.000Z"


class FakeAsana(Fake):
    """Two projects with tasks, each with its stories; three goals, of which one has no metric."""

    name = "asana"
    description = described("asana", "/api/1.0")
    undescribed = ("/workspaces",)
    size = 3
    impossible = ("no token",)  # the last page is the one without an offset

    def __init__(self) -> None:
        super().__init__()
        self.workspaces = [{"gid": WORKSPACE, "name": "Acme"}]
        team = {"gid": "7", "name": "Web"}
        self.projects = [
            {"gid": gid, "name": f"Project {gid}", "archived": False, "completed": False, "team": team}
            for gid in ("21", "22")
        ]
        self.tasks: dict[int, dict[str, Any]] = {}
        self.stories: dict[int, list[dict[str, Any]]] = {}
        self.value = 12.5
        for number in range(1, 8):
            self.put(number, datetime(2025, 2, number, tzinfo=UTC), number % 3)

    def put(self, number: int, now: datetime, steps: int) -> None:
        """Add a task, or move it: to the section Doing, then complete."""
        project = self.projects[number % 2]
        task = self.tasks.setdefault(number, {
            "gid": str(number), "name": "Some work", "resource_subtype": "default_task", "created_at": moment(now),
            "completed": False, "completed_at": None, "due_on": "2025-12-31", "parent": None, "assignee": {"gid": "900"},
            "memberships": [{"project": {"gid": project["gid"]}, "section": {"gid": "1", "name": "Backlog"}}],
            "custom_fields": [{"gid": "5", "name": "Points", "number_value": 2.5}],
        })  # fmt: skip
        stories = self.stories.setdefault(number, [])
        moves = [
            {
                "resource_subtype": "section_changed",
                "old_section": {"gid": "1", "name": "Backlog"},
                "new_section": {"gid": "2", "name": "Doing"},
            }
        ]
        moves.append({"resource_subtype": "marked_complete"})
        task["modified"] = moment(now)
        for nth, move in enumerate(moves[:steps]):
            at = moment(now + timedelta(minutes=nth))
            stories.append({"gid": f"{number}0{len(stories)}", "created_at": at, "created_by": {"gid": "901"}} | move)
            task |= {"modified": at}
            if nth:
                task |= {"completed": True, "completed_at": at}
            else:
                task["memberships"][0]["section"] = {"gid": "2", "name": "Doing"}

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put(3, now, 2)
        self.put(8, now, 0)
        self.value = 20

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        del self.tasks[5]
        return "work_items"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        return self.workspaces.pop()["gid"]

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        return {
            "projects": {project["gid"] for project in self.projects},
            "tasks": {str(number) for number in self.tasks},
            "stories": {story["gid"] for number in self.tasks for story in self.stories[number]},
            "goals": {"31", "32", "33"},
            "project_goals": {"31"},
        }[stream]

    def _goals(self) -> list[dict[str, Any]]:
        metric = {"unit": "none", "resource_subtype": "number", "progress_source": "manual"}
        metric |= {"initial_number_value": 10, "current_number_value": self.value, "target_number_value": 50}
        period = {"gid": "1", "start_on": "2025-01-01", "end_on": "2025-12-31"}
        counted = metric | {"progress_source": "project_task_completion"}
        common = {"name": "Grow", "time_period": period, "owner": {"gid": "900"}, "team": {"gid": "7"}}
        return [{"gid": gid, "metric": of} | common for gid, of in (("31", metric), ("32", None), ("33", counted))]

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, {"errors": [{"message": "Not Authorized"}]})
        project = request.first("project")
        match request.path.removeprefix("/api/1.0/").split("/"):
            case ["workspaces"]:
                found = self.workspaces
            case ["projects"]:
                found = self.projects
            case ["tasks"]:
                since = request.first("modified_since")
                known = [task for task in self.tasks.values() if task["memberships"][0]["project"]["gid"] == project]
                found = [
                    {k: v for k, v in task.items() if k != "modified"} for task in known if task["modified"] >= since
                ]
            case ["tasks", number, "stories"]:
                found = self.stories[int(number)]
            case ["goals"]:
                found = self._goals()[: 1 if project else 3]
            case _:
                raise Refused(404, {"errors": [{"message": "no such path"}]})
        given = request.first("offset")
        start, stop = self.cut(len(found), int((given or "0").split(".")[0]), self.size)
        following = {"offset": self.token(stop, given)} if self.is_more(stop, len(found)) else None
        return {"data": found[start:stop], "next_page": following}, {}
