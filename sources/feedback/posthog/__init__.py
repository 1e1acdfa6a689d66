"""PostHog: how often each person did what, by day."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import ApiSource, Stream, Window
from sources.fetching.walks import Listing, Part, pages

if TYPE_CHECKING:
    from sources.fetching.api import Api

RESULTS = Listing("results")
AT_ONCE = 10_000  # rows of a query
QUERY = """
select toString(toDate(timestamp)) as day, toString(person_id) as person, event as feature, count() as events
from events
where toDate(timestamp) >= toDate({since}) and CHOSEN
group by day, person, feature
having (day, person, feature) > ({day}, {person}, {feature})
order by day, person, feature
limit LIMIT
"""
# what PostHog captures by itself says little of use, but for views
CAPTURED = "(not startsWith(event, '$') or event in ('$pageview', '$screen'))"


class PostHogSource(ApiSource):
    """A project of PostHog."""

    type: Literal["posthog"] = Field(description="Kind of source")
    url: str = Field(
        default="https://us.posthog.com", description="Address of the API, https; https://eu.posthog.com in Europe"
    )
    project: str = Field(pattern=r"^\d+$", description="Id of the project")
    events: tuple[str, ...] = Field(
        default=(), description="Names of the events that are use; default: your own, and views of pages and screens"
    )
    product: str | None = Field(default=None, description="Id of the product that is used; default: the project")

    asks: ClassVar = ("project", "events")
    maps: ClassVar = ("project", "product")
    folder: ClassVar = Path(__file__).parent
    overlap: ClassVar = timedelta(days=3)  # events come late, from phones
    rights: ClassVar = "a personal API key with the scopes query:read and project:read"

    def scope(self, api: "Api") -> list[str]:
        """The project, if the key sees it."""
        return [] if api.find(msgspec.Raw, self.here) is None else [self.project]

    def wanted(self) -> tuple[str, ...]:
        """The project."""
        return (self.project,)

    @property
    def here(self) -> str:
        """The path of the project."""
        return f"/api/projects/{self.project}/"


def _use(api: "Api", source: PostHogSource, window: Window, last: str | None) -> Part:
    """Counts from a day on, in order; each query goes on behind the last row of the one before. The end is no row."""
    since = f"{window.since:%Y-%m-%d}" if window.since else "1970-01-01"
    day, person, feature = msgspec.json.decode(last, type=list[str]) if last else (since, "", "")
    chosen = "event in {events}" if source.events else CAPTURED
    query = {
        "kind": "HogQLQuery",
        "query": QUERY.replace("CHOSEN", chosen).replace("LIMIT", str(AT_ONCE)),
        "values": {"since": day, "day": day, "person": person, "feature": feature, "events": list(source.events)},
    }
    part = api.part(RESULTS, f"{source.here}query/", {"query": query, "refresh": "force_blocking"})
    rows = [msgspec.json.decode(raw, type=tuple[str, str, str, int]) for raw in part.records]
    records = [msgspec.json.encode(dict(zip(MEMBERS, row, strict=True))) for row in rows]
    return Part(records, msgspec.json.encode(rows[-1][:3]).decode() if rows else None, not rows)


def _project(api: "Api", source: PostHogSource, window: Window, token: Any) -> Part:  # noqa: ARG001
    return Part([api.get(msgspec.Raw, source.here)], None, is_last=True)


MEMBERS = ("day", "person", "feature", "events")
PostHogSource.streams = (
    Stream("use", MEMBERS, pages("use", _use)),
    Stream("projects", ("id", "name"), pages("projects", _project)),
)
