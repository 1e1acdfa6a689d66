"""Xero: the journals of an organisation's ledger, and its accounts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import OAuthSource, Stream, Window
from sources.fetching.walks import Listing, Part, Walk, pages, texts

if TYPE_CHECKING:
    from sources.fetching.api import Api

API = "/api.xro/2.0"
JOURNALS = Listing("Journals")


class XeroSource(OAuthSource):
    """An organisation of Xero."""

    type: Literal["xero"] = Field(description="Kind of source")
    url: str = Field(default="https://api.xero.com", description="Address of the API, https")
    sign_in_url: str = Field(
        default="https://identity.xero.com/connect/token", description="Address at which tokens are refreshed, https"
    )
    organisation: str = Field(description="Id of the organisation (tenant); `outcomes connect` lists those it sees")
    custom_connection: bool = Field(
        default=False, description="The app is a custom connection, which nobody consents to"
    )
    teams: dict[str, str] = Field(
        default_factory=dict, description="Ids of teams, such as jira:ABC, by the tracking options that mean them"
    )
    initiatives: dict[str, str] = Field(default_factory=dict, description="Ids of initiatives, by tracking option")
    products: dict[str, str] = Field(default_factory=dict, description="Ids of products, by tracking option")

    asks: ClassVar = ("organisation",)
    maps: ClassVar = ("teams", "initiatives", "products")
    folder: ClassVar = Path(__file__).parent
    consent_url: ClassVar = "https://login.xero.com/identity/connect/authorize"
    scopes: ClassVar = "offline_access accounting.journals.read accounting.settings.read"
    rights: ClassVar = f"an app with the scopes {scopes}"

    @property
    def is_its_own_user(self) -> bool:
        """A custom connection signs in by itself."""
        return self.custom_connection

    def headers(self, secret: str) -> dict[str, str]:  # noqa: ARG002
        """The organisation that is asked about."""
        return {"xero-tenant-id": self.organisation}

    def scope(self, api: "Api") -> list[str]:
        """The organisations that were consented to."""
        return texts(api.get(list[msgspec.Raw], "/connections"), "tenantId")

    def wanted(self) -> tuple[str, ...]:
        """The organisation."""
        return (self.organisation,)

    def counts(self, api: "Api") -> dict[str, str]:
        """The names of the organisations."""
        found = api.get(list[msgspec.Raw], "/connections")
        return dict(zip(texts(found, "tenantId"), texts(found, "tenantName"), strict=True))


def _journals(api: "Api", source: XeroSource, window: Window, last: Any) -> Part:  # noqa: ARG001
    """Journals after a number; they are never changed, only reversed by others. The end is an empty page."""
    since = {"If-Modified-Since": window.iso.rstrip("Z")} if window.kind == "increment" and window.iso else None
    part = api.part(JOURNALS, f"{API}/Journals", headers=since, offset=last or 0)
    numbers = [int(number) for number in texts(part.records, "JournalNumber")]
    return Part(part.records, max(numbers, default=None), not numbers)


def _whole(stream: str, path: str, member: str) -> Walk:
    """A list that comes as one answer, each time."""

    def ask(api: "Api", source: XeroSource, window: Window, token: Any) -> Part:  # noqa: ARG001
        return api.part(Listing(member), f"{API}/{path}")

    return pages(stream, ask)


XeroSource.streams = (
    Stream("journals", ("JournalID", "JournalNumber", "JournalDate", "JournalLines"), pages("journals", _journals)),
    Stream("accounts", ("AccountID", "Code", "Name", "Class", "Type"), _whole("accounts", "Accounts", "Accounts")),
    Stream(
        "organisations", ("OrganisationID", "BaseCurrency"), _whole("organisations", "Organisation", "Organisations")
    ),
)
