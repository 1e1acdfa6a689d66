"""Ways to page through a list. Each refuses a list whose end isn't said, and one that would go on for ever."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from sources.fetching.source import Page, Window

if TYPE_CHECKING:
    from sources.fetching.api import Api

Walk = Callable[["Api", Any, Window, Any], Iterator[Page]]


class Part(NamedTuple):
    """One answer of a list: its records, the token of the next one, and whether it says that it is the last."""

    records: Any  # a list or, for `pages` and `each`, a dict of lists by stream
    token: Any
    is_last: bool


class Listing(NamedTuple):
    """Where an answer holds a list, as `data.issues.nodes`, and how it says whether there is more.

    Without `is_last` and `has_more`, the last answer is the one without a token; also where a member whose name ends in
    `?` is missing.
    """

    records: str = ""
    token: str = ""
    is_last: str = ""
    has_more: str = ""

    def read(self, content: bytes) -> Part:
        """An answer's part of the list. Raises msgspec.ValidationError for another shape."""
        found = member(content, self.records)
        records = [] if bytes(found) == b"null" and self.records else msgspec.json.decode(found, type=list[msgspec.Raw])
        token = msgspec.json.decode(member(content, self.token), type=str | int | None) if self.token else None
        flag = self.is_last or self.has_more
        said = msgspec.json.decode(member(content, flag), type=bool | None) if flag else None
        is_last = token in (None, "") if said is None else said == bool(self.is_last)
        return Part(records, None if token == "" else token, is_last)


def member(content: bytes | msgspec.Raw, path: str) -> bytes | msgspec.Raw:
    """The JSON of a member, such as `data.nodes` or `pages.next?`; null if what may be missing is.

    Raises msgspec.ValidationError if anything else is missing.
    """
    for name in filter(None, path.split(".")):
        known = msgspec.json.decode(content, type=dict[str, msgspec.Raw] | None) or {}
        bare = name.removesuffix("?")
        if bare == name and bare not in known:
            raise msgspec.ValidationError(f"Object missing required field `{name}`")
        content = known.get(bare, b"null")
    return content


def texts(records: Iterable[Any], name: str = "id") -> list[str]:
    """One member of each record, as text."""
    return [str(msgspec.json.decode(member(record, name))) for record in records]


def marked(records: Iterable[Any], **marks: str) -> list[bytes]:
    """Records as {**marks, "record": …}, where they don't name what they belong to."""
    mark = msgspec.json.encode(marks)[:-1]
    return [mark + b', "record": ' + bytes(raw) + b"}" for raw in records]


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


def pages(stream: str, ask: Callable[["Api", Any, Window, Any], Part]) -> Walk:
    """A walk of one list: `ask` gives the part that begins at a token, None for the first."""

    def walk(api: "Api", source: Any, window: Window, at: Any) -> Iterator[Page]:
        for part in tokens(api, partial(ask, api, source, window), at):
            yield Page(_by_stream(stream, part.records), part.token)

    return walk


def _by_stream(stream: str, records: Any) -> dict[str, Any]:
    return records if isinstance(records, dict) else {stream: records}


def each(
    stream: str,
    names: Callable[["Api", Any], Iterable[str]],
    ask: Callable[["Api", Any, Window, str, Any], Part],
) -> Walk:
    """A walk of one list for each name (a repository, a form), in their order. A place is a name and a token in it."""

    def walk(api: "Api", source: Any, window: Window, at: Any) -> Iterator[Page]:
        begun, place = at or ("", None)
        for name in sorted(names(api, source)):
            if name < begun or (name == begun and place is None):
                continue  # a name without a token is done
            for part in tokens(api, partial(ask, api, source, window, name), place if name == begun else None):
                yield Page(_by_stream(stream, part.records), (name, part.token))

    return walk
