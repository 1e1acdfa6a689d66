"""Stripe: the ledger of an account's balance, and its customers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sources.fetching.source import ApiSource, Stream, Window
from sources.fetching.walks import Listing, Part, Walk, pages, texts

if TYPE_CHECKING:
    from sources.fetching.api import Api

LISTED = Listing("data", has_more="has_more")


class StripeSource(ApiSource):
    """A Stripe account."""

    type: Literal["stripe"] = Field(description="Kind of source")
    url: str = Field(default="https://api.stripe.com", description="Address of the API, https")

    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a restricted key that may read balance transactions, customers and the account"

    def headers(self, secret: str) -> dict[str, str]:
        """A bearer token, and the version of the API."""
        return super().headers(secret) | {"Stripe-Version": "2024-06-20"}

    def scope(self, api: "Api") -> list[str]:
        """The account that the key belongs to: another account's key would replace all entries."""
        return [api.value("id", "/v1/account")]


def _newest_first(stream: str) -> Walk:
    """A walk of a list from its newest record back to the window's beginning; new ones come before its start."""

    def ask(api: "Api", source: StripeSource, window: Window, last: str | None) -> Part:  # noqa: ARG001
        asked: dict[str, Any] = {"limit": 100} | ({"starting_after": last} if last else {})
        if window.since and (stream == "balance_transactions" or window.kind == "increment"):
            asked["created[gte]"] = int(window.since.timestamp())
        part = api.part(LISTED, f"/v1/{stream}", **asked)
        return part._replace(token=texts(part.records[-1:])[0] if part.records else None)

    return pages(stream, ask)


StripeSource.streams = (
    Stream(
        "balance_transactions",
        ("id", "amount", "fee", "currency", "created", "reporting_category", "description"),
        _newest_first("balance_transactions"),
    ),
    Stream("customers", ("id", "created", "address"), _newest_first("customers")),
)
