"""Ways to page through a list. Each refuses a list whose end isn't said, and one that would go on for ever."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sources.fetching.api import Api


class Part(NamedTuple):
    """One answer of a list: its records, the token of the next one, and whether it says that it is the last."""

    records: list[Any]
    token: Any
    is_last: bool


def tokens(api: "Api", ask: Callable[[Any], Part], at: Any = None) -> Iterator[Part]:
    """Ask from a token on until an answer says that it is the last one; its token is then None.

    A token may be text of the tool, the number of the next record or the id of the last one. Raises LandingError for
    an answer with more to come but no token, and for a token that was already used.
    """
    seen = {at}
    while True:
        part = ask(at)
        if part.is_last:
            yield part._replace(token=None)
            return
        if part.token is None:
            raise api.changed("a list says that there is more, and not where.")
        if part.token in seen:
            raise api.changed("a list gives the same page again, so it would never end.")
        seen.add(at := part.token)
        yield part


def links(api: "Api", kind: Any, path: str, at: str | None = None, **params: Any) -> Iterator[Part]:
    """Follow the Link header's `next` on the same host, from an address on; the last answer has none."""

    def ask(address: str | None) -> Part:
        answer = api.call(kind, "GET", address or path, params=None if address else params)
        return Part(answer.body, answer.next, answer.next is None)

    return tokens(api, ask, at)
