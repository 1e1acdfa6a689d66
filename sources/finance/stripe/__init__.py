"""Stripe: the ledger of an account's balance, and its customers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from sources.fetching.source import ApiSource, Page, Stream, Window
from sources.fetching.walks import Part, tokens

if TYPE_CHECKING:
    from sources.fetching.api import Api


class Identified(msgspec.Struct):
    id: str


class Listed(msgspec.Struct):
    data: list[msgspec.Raw]
    has_more: bool


class StripeSource(ApiSource):
    """A Stripe account."""

    type: Literal["stripe"] = Field(description="Kind of source")
    url: str = Field(default="https://api.stripe.com", description="Address of the API, https")

    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a restricted key that may read balance transactions, customers and the account"

    def headers(self, secret: str) -> dict[str, str]:
        """A bearer token, and the version of the API."""
        return {"Authorization": f"Bearer {secret}", "Stripe-Version": "2024-06-20"}

    def scope(self, api: "Api") -> list[str]:
        """The account that the key belongs to: another account's key would replace all entries."""
        return [api.get(Identified, "/v1/account").id]


def _newest_first(stream: str) -> Callable[["Api", StripeSource, Window, Any], Iterator[Page]]:
    """A walk of a list from its newest record back to the window's beginning; new ones come before its start."""

    def walk(api: "Api", source: StripeSource, window: Window, at: Any) -> Iterator[Page]:  # noqa: ARG001
        asked: dict[str, Any] = {"limit": 100}
        if window.since is not None and (stream == "balance_transactions" or window.kind == "increment"):
            asked["created[gte]"] = int(window.since.timestamp())

        def ask(last: str | None) -> Part:
            body = api.get(Listed, f"/v1/{stream}", **asked | ({"starting_after": last} if last else {}))
            token = msgspec.json.decode(body.data[-1], type=Identified).id if body.data else None
            return Part(body.data, token, not body.has_more)

        return (Page({stream: part.records}, part.token) for part in tokens(api, ask, at))

    return walk


StripeSource.streams = (
    Stream(
        "balance_transactions",
        ("id", "amount", "fee", "currency", "created", "reporting_category", "description"),
        _newest_first("balance_transactions"),
    ),
    Stream("customers", ("id", "created", "address"), _newest_first("customers")),
)
