"""GitHub: issues and pull requests with their events, releases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from pydantic import Field, StringConstraints

from sources.fetching.source import ApiSource, Stream, Window
from sources.fetching.walks import Part, Walk, each, marked, texts

if TYPE_CHECKING:
    from sources.fetching.api import Api

Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")]


class GitHubSource(ApiSource):
    """Repositories of GitHub, or of a GitHub Enterprise server."""

    type: Literal["github"] = Field(description="Kind of source")
    url: str = Field(default="https://api.github.com", description="Address of the API, https")
    repositories: tuple[Repository, ...] = Field(min_length=1, description="Repositories, as owner/name")

    asks: ClassVar = ("repositories",)
    maps: ClassVar = ("repositories",)
    folder: ClassVar = Path(__file__).parent
    rights: ClassVar = "a fine-grained token with read access to issues, pull requests and contents (for releases)"

    def headers(self, secret: str) -> dict[str, str]:
        """A bearer token, and the version of the API."""
        return super().headers(secret) | {"X-GitHub-Api-Version": "2022-11-28"}

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


def _each(stream: str, path: str, **params: Any) -> Walk:
    """A walk of one list of each repository; a record is kept with its repository, which not every record names."""

    def ask(api: "Api", source: GitHubSource, window: Window, repository: str, address: Any) -> Part:  # noqa: ARG001
        since = {"since": window.iso} if window.iso and stream == "issues" else {}
        part = api.linked(f"/repos/{repository}/{path}", address, per_page=100, **params, **since)
        fresh, is_last = part.records, part.is_last
        if stream == "events" and window.iso:  # the newest come first
            made = texts(part.records, "created_at")
            fresh = [raw for raw, moment in zip(part.records, made, strict=True) if moment >= window.iso]
            is_last = is_last or len(fresh) < len(part.records)
        return Part(marked(fresh, repository=repository), part.token, is_last)

    return each(stream, lambda _, source: source.repositories, ask)


MEMBERS = ("repository", "record")
GitHubSource.streams = (
    # in the order of creation, which no change alters
    Stream("issues", MEMBERS, _each("issues", "issues", state="all", sort="created", direction="asc")),
    Stream("events", MEMBERS, _each("events", "issues/events")),
    Stream("releases", MEMBERS, _each("releases", "releases")),
)
