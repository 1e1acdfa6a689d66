"""Intercom: conversations with their statistics and ratings."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sources.fetching.source import ApiSource, Stream, Window
from sources.fetching.walks import Listing, Part, pages

if TYPE_CHECKING:
    from sources.fetching.api import Api

FOUND = Listing("conversations", token="pages?.next?.starting_after?")
AT_ONCE = 150


class IntercomSource(ApiSource):
    """A workspace of Intercom."""

    type: Literal["intercom"] = Field(description="Kind of source")
    url: str = Field(
        default="https://api.intercom.io", description="Address of the API, https; api.eu. or api.au. of its regions"
    )

    folder: ClassVar = Path(__file__).parent
    overlap: ClassVar = timedelta(days=1)  # a search may round moments to days
    rights: ClassVar = "an access token of an app of the workspace, with the permission to read conversations"

    def headers(self, secret: str) -> dict[str, str]:
        """A bearer token, and the version of the API."""
        return super().headers(secret) | {"Intercom-Version": "2.14"}

    def scope(self, api: "Api") -> list[str]:
        """The workspace that the token belongs to."""
        return [f"workspace {api.value('app.id_code', '/me')}"]


def _conversations(api: "Api", source: IntercomSource, window: Window, cursor: Any) -> Part:  # noqa: ARG001
    """Conversations that were begun, or of an increment changed, since a moment."""
    field = "updated_at" if window.kind == "increment" else "created_at"
    since = int(window.since.timestamp()) if window.since else 0
    query = {"field": field, "operator": ">", "value": str(since)}
    pagination = {"per_page": AT_ONCE} | ({"starting_after": cursor} if cursor else {})
    return api.part(FOUND, "/conversations/search", {"query": query, "pagination": pagination})


IntercomSource.streams = (
    Stream(
        "conversations",
        ("id", "created_at", "state", "priority", "source", "contacts", "statistics", "conversation_rating"),
        pages("conversations", _conversations),
    ),
)
