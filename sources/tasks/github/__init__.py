"""GitHub: issues and pull requests with their events, releases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from pydantic import Field, StringConstraints

from sources.fetching.source import ApiSource, Page, Stream, Window
from sources.fetching.walks import links

if TYPE_CHECKING:
    from sources.fetching.api import Api

Walk = Callable[["Api", "GitHubSource", Window, Any], Iterator[Page]]
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")]


class Dated(msgspec.Struct):
    created_at: str


class GitHubSource(ApiSource):
    """Repositories of GitHub, or of a GitHub Enterprise server."""

    type: Literal["github"] = Field(description="Kind of source")
    url: str = Field(default="https://api.github.com", description="Address of the API, https")
    repositories: tuple[Repository, ...] = Field(min_length=1, description="Repositories, as owner/name")

    asks: ClassVar = ("repositories",)
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a fine-grained token with read access to issues, pull requests and contents (for releases)"

    def headers(self, secret: str) -> dict[str, str]:
        """A bearer token, and the version of the API."""
        return {"Authorization": f"Bearer {secret}", "X-GitHub-Api-Version": "2022-11-28"}

    def scope(self, api: "Api") -> list[str]:
        """The repositories whose issues the token sees."""
        asked = {repository: f"/repos/{repository}/milestones" for repository in self.repositories}
        return [
            repository
            for repository, path in asked.items()
            if api.find(list[msgspec.Raw], path, per_page=1) is not None
        ]

    def wanted(self) -> tuple[str, ...]:
        """The repositories that the settings name."""
        return self.repositories

    def mapping_settings(self) -> dict[str, Any]:
        """What the mappings read."""
        return {"repositories": list(self.repositories)}


def _each(stream: str, path: str, is_over: Callable[[Window, bytes], bool] | None = None, **params: Any) -> Walk:
    """A walk of one list of each repository; where the newest come first, until one is over.

    A record is kept with its repository, which not every record names. A place is a repository's number and an address.
    """

    def walk(api: "Api", source: GitHubSource, window: Window, at: Any) -> Iterator[Page]:
        first, address = at or (0, None)
        since = {"since": f"{window.since:%Y-%m-%dT%H:%M:%SZ}"} if window.since and stream == "issues" else {}
        for number, repository in list(enumerate(source.repositories))[first:]:
            asked = links(
                api, list[msgspec.Raw], f"/repos/{repository}/{path}", address, per_page=100, **params, **since
            )
            for part in asked:
                fresh = [raw for raw in part.records if is_over is None or not is_over(window, bytes(raw))]
                is_end = part.token is None or len(fresh) < len(part.records)
                mark = msgspec.json.encode({"repository": repository})[:-1]
                kept = [mark + b', "record": ' + bytes(raw) + b"}" for raw in fresh]
                yield Page({stream: kept}, (number + 1, None) if is_end else (number, part.token))
                if is_end:
                    break
            address = None

    return walk


def _is_before(window: Window, raw: bytes) -> bool:
    """Whether an event is older than what is asked for."""
    if window.since is None:
        return False
    return msgspec.json.decode(raw, type=Dated).created_at < f"{window.since:%Y-%m-%dT%H:%M:%SZ}"


MEMBERS = ("repository", "record")
GitHubSource.streams = (
    # in the order of creation, which no change alters
    Stream("issues", MEMBERS, _each("issues", "issues", state="all", sort="created", direction="asc")),
    Stream("events", MEMBERS, _each("events", "issues/events", _is_before)),
    Stream("releases", MEMBERS, _each("releases", "releases")),
)
