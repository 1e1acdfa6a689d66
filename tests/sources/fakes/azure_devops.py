"""A fake Azure DevOps, written from Microsoft's description of work item tracking."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.fakes.server import Fake, Refused, Request, described

CATEGORIES = {"New": "Proposed", "Active": "InProgress", "Closed": "Completed"}


def moment(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}.53Z"


class FakeAzureDevOps(Fake):
    """Revisions in the order of time. Item 1 is an epic, and the parent of the others."""

    name = "azure_devops"
    description = described("azure_devops")
    undescribed = ("/_apis/projects", "/workitemtypes")
    size = 3
    impossible = ("shrinks",)  # no list promises a number of records

    def __init__(self) -> None:
        super().__init__()
        self.projects = ["Shop", "Back office"]
        self.revisions: list[dict[str, Any]] = []
        for number in range(1, 7):
            for nth, state in enumerate(list(CATEGORIES)[: 1 + number % 3]):
                self.put(number, state, datetime(2025, 2, number, tzinfo=UTC) + timedelta(hours=nth))

    def put(self, number: int, state: str, now: datetime, **changed: Any) -> None:
        """Add a revision."""
        earlier = [revision for revision in self.revisions if revision["id"] == number]
        fields = earlier[-1]["fields"] if earlier else {
            "System.TeamProject": self.projects[number % 2], "System.AreaPath": self.projects[number % 2],
            "System.WorkItemType": "Epic" if number == 1 else "User Story", "System.Title": "Some work",
            "System.CreatedDate": moment(now), "System.AssignedTo": {"id": f"p{number % 3}", "displayName": "A B"},
            **({} if number == 1 else {"System.Parent": 1}),
        }  # fmt: skip
        fields = fields | {"System.State": state, "System.ChangedDate": moment(now), "System.ChangedBy": {"id": "p0"}}
        fields |= {"Microsoft.VSTS.Common.StateChangeDate": moment(now), "Points": 1.5, **changed}
        if state != "New":
            stamp = "ActivatedDate" if state == "Active" else "ClosedDate"
            fields[f"Microsoft.VSTS.Common.{stamp}"] = moment(now)
        self.revisions.append({"id": number, "rev": len(earlier) + 1, "fields": fields})

    def change(self, now: datetime) -> None:
        """What happens between two pulls."""
        self.put(3, "Closed", now, Points=3)
        self.put(3, "Active", now + timedelta(minutes=1))
        self.put(7, "New", now + timedelta(minutes=2))

    def delete(self) -> str:
        """Delete a record; the feed that loses it."""
        self.revisions = [revision for revision in self.revisions if revision["id"] != 5]
        return "work_items"

    def lose_scope(self) -> str:
        """What the token no longer sees."""
        return self.projects.pop()

    def truth(self, stream: str) -> set[str]:
        """What identifies the records of a whole pull."""
        found = {
            "revisions": {str(revision["id"]) for revision in self.revisions},
            "portfolio": {"1"},
            "types": {"Epic", "User Story"},
        }
        return found.get(stream, {"Microsoft.RequirementCategory"})

    def answer(self, request: Request) -> tuple[Any, dict[str, str]]:
        if not request.headers.get("authorization", "").startswith("Basic "):
            raise Refused(401, {"message": "sign in"})
        _, organization, *path = request.path.split("/")
        match [part for part in path if part not in ("_apis", "wit", "reporting")]:
            case _ if organization != "acme" or request.first("api-version") != "7.1":
                raise Refused(404, {"message": "no such organization"})
            case ["projects"]:
                return {"value": [{"name": name} for name in self.projects if request.first("$skip") == "0"]}, {}
            case ["workitemrevisions"]:
                return self._batch(request), {}
            case ["workitemsbatch"]:
                known = [r for r in self.revisions if r["fields"]["System.ChangedDate"] <= request.body["asOf"]]
                latest = {revision["id"]: revision for revision in known}
                # what did not exist then is left out as null
                return {"value": [latest[number] for number in request.body["ids"] if number in latest]}, {}
            case ["wiql"]:
                ids = {r["id"] for r in self.revisions if r["fields"]["System.WorkItemType"] == "Epic"}
                last = int(request.body["query"].partition("[System.Id] > ")[2].split()[0])
                return {"workItems": [{"id": number} for number in sorted(ids) if number > last]}, {}
            case ["fields"]:
                names = ("Microsoft.VSTS.Scheduling.StoryPoints", "System.Title")
                return {"value": [{"referenceName": name, "name": name.rpartition(".")[2]} for name in names]}, {}
            case [_, "workitemtypes"]:
                states = [{"name": name, "category": category} for name, category in CATEGORIES.items()]
                return {"value": [{"name": name, "states": states} for name in ("Epic", "User Story")]}, {}
            case [_, "workitemtypecategories"]:
                types = [{"name": "User Story"}]
                return {"value": [{"referenceName": "Microsoft.RequirementCategory", "workItemTypes": types}]}, {}
            case _:
                raise Refused(404, {"message": "no such path"})

    def _batch(self, request: Request) -> dict[str, Any]:
        given = request.first("continuationToken")
        earliest, _, place = given.partition(";") if given else (request.first("startDateTime"), "", "0")
        listed = sorted(self.revisions, key=lambda r: (r["fields"]["System.ChangedDate"], r["id"], r["rev"]))
        listed = [r for r in listed if r["fields"]["System.ChangedDate"] > earliest]
        start, stop = self.cut(len(listed), int(place.split(".")[0]), self.size)
        token = self.token(stop)
        page: dict[str, Any] = {"values": listed[start:stop], "isLastBatch": not self.is_more(stop, len(listed))}
        if token:
            page["continuationToken"] = given if self.fault == "token twice" and given else f"{earliest};{token}"
        return page
