"""Zendesk Support: tickets with their times, organizations, satisfaction ratings."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sources.fetching.source import ApiSource, Stream, Window, basic
from sources.fetching.walks import Listing, Part, pages

if TYPE_CHECKING:
    from sources.fetching.api import Api

API = "/api/v2"
TICKETS = Listing("tickets", token="after_cursor?", is_last="end_of_stream")
ORGANIZATIONS = Listing("organizations", token="end_time?", is_last="end_of_stream")
RATINGS = Listing("satisfaction_ratings", token="meta.after_cursor?", has_more="meta.has_more")


class ZendeskSource(ApiSource):
    """A Zendesk account."""

    type: Literal["zendesk"] = Field(description="Kind of source")
    user: str = Field(description="E-mail address of the token's user")

    folder: ClassVar = Path(__file__).parent
    asks: ClassVar = ("user",)
    rights: ClassVar = "an API token of an administrator, who alone may use incremental exports"

    def headers(self, secret: str) -> dict[str, str]:
        """Basic authentication with the user's e-mail and token."""
        return basic(f"{self.user}/token", secret)

    def scope(self, api: "Api") -> list[str]:
        """The user's role, which decides what exports hold."""
        return [f"what the role {api.value('user.role', f'{API}/users/me.json')} sees"]


def _beginning(window: Window) -> int:
    return max(1, int(window.since.timestamp())) if window.since else 1


def _tickets(api: "Api", source: ZendeskSource, window: Window, cursor: Any) -> Part:  # noqa: ARG001
    """Tickets changed since a moment, archived and deleted ones too, each with its times."""
    place: dict[str, Any] = {"cursor": cursor} if cursor else {"start_time": _beginning(window)}
    return api.part(TICKETS, f"{API}/incremental/tickets/cursor.json", include="metric_sets", per_page=1000, **place)


def _organizations(api: "Api", source: ZendeskSource, window: Window, moment: Any) -> Part:  # noqa: ARG001
    asked = {"start_time": moment or _beginning(window), "per_page": 1000}
    return api.part(ORGANIZATIONS, f"{API}/incremental/organizations.json", **asked)


def _ratings(api: "Api", source: ZendeskSource, window: Window, cursor: Any) -> Part:  # noqa: ARG001
    asked: dict[str, Any] = {"page[size]": 100, "start_time": _beginning(window), "score": "received"}
    return api.part(RATINGS, f"{API}/satisfaction_ratings.json", **asked | ({"page[after]": cursor} if cursor else {}))


ZendeskSource.streams = (
    Stream(
        "tickets",
        ("id", "status", "organization_id", "created_at", "priority", "via", "metric_set"),
        pages("tickets", _tickets),
    ),
    Stream("organizations", ("id", "created_at", "deleted_at"), pages("organizations", _organizations)),
    Stream(
        "satisfaction_ratings",
        ("id", "score", "requester_id", "comment", "updated_at"),
        pages("satisfaction_ratings", _ratings),
    ),
)
