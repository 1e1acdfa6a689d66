"""Zendesk Support: tickets with their times, organizations, satisfaction ratings."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import ApiSource, Page, Stream, Window
from sources.fetching.walks import Part, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api

API = "/api/v2"


class Tickets(msgspec.Struct):
    tickets: list[msgspec.Raw]
    end_of_stream: bool
    after_cursor: str | None = None


class Organizations(msgspec.Struct):
    organizations: list[msgspec.Raw]
    end_of_stream: bool
    end_time: int | None = None


class More(msgspec.Struct):
    has_more: bool
    after_cursor: str | None = None


class Ratings(msgspec.Struct):
    satisfaction_ratings: list[msgspec.Raw]
    meta: More


class Role(msgspec.Struct):
    role: str


class Me(msgspec.Struct):
    user: Role


class ZendeskSource(ApiSource):
    """A Zendesk account."""

    type: Literal["zendesk"] = Field(description="Kind of source")
    user: str = Field(description="E-mail address of the token's user")

    folder: ClassVar = Path(__file__).parent
    asks: ClassVar = ("user",)
    rights: ClassVar = "an API token of an administrator, who alone may use incremental exports"

    def headers(self, secret: str) -> dict[str, str]:
        """Basic authentication with the user's e-mail and token."""
        return {"Authorization": f"Basic {base64.b64encode(f'{self.user}/token:{secret}'.encode()).decode()}"}

    def scope(self, api: "Api") -> list[str]:
        """The user's role, which decides what exports hold."""
        return [f"what the role {api.get(Me, f'{API}/users/me.json').user.role} sees"]


def _beginning(window: Window) -> int:
    return max(1, int(window.since.timestamp())) if window.since else 1


def _tickets(api: "Api", source: ZendeskSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    """Tickets changed since a moment, archived and deleted ones too, each with its times."""

    def ask(cursor: str | None) -> Part:
        place: dict[str, Any] = {"cursor": cursor} if cursor else {"start_time": _beginning(window)}
        body = api.get(Tickets, f"{API}/incremental/tickets/cursor.json", include="metric_sets", per_page=1000, **place)
        return Part(body.tickets, body.after_cursor, body.end_of_stream)

    return (Page({"tickets": part.records}, part.token) for part in tokens(api, ask, at))


def _organizations(api: "Api", source: ZendeskSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    def ask(moment: int | None) -> Part:
        asked = {"start_time": moment or _beginning(window), "per_page": 1000}
        body = api.get(Organizations, f"{API}/incremental/organizations.json", **asked)
        return Part(body.organizations, body.end_time, body.end_of_stream)

    return (Page({"organizations": part.records}, part.token) for part in tokens(api, ask, at))


def _ratings(api: "Api", source: ZendeskSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
    def ask(cursor: str | None) -> Part:
        asked: dict[str, Any] = {"page[size]": 100, "start_time": _beginning(window), "score": "received"}
        body = api.get(
            Ratings, f"{API}/satisfaction_ratings.json", **asked | ({"page[after]": cursor} if cursor else {})
        )
        return Part(body.satisfaction_ratings, body.meta.after_cursor, not body.meta.has_more)

    return (Page({"satisfaction_ratings": part.records}, part.token) for part in tokens(api, ask, at))


ZendeskSource.streams = (
    Stream(
        "tickets",
        ("id", "status", "organization_id", "created_at", "priority", "via", "metric_set"),
        _tickets,
    ),
    Stream("organizations", ("id", "created_at", "deleted_at"), _organizations),
    Stream("satisfaction_ratings", ("id", "score", "requester_id", "comment", "updated_at"), _ratings),
)
