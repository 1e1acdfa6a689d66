"""Files in an object store, or behind a web address, copied as a pull. Needs the extra `objects`."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from sources.config import FileShape, FileSource
from sources.fetching import pulls
from sources.fetching.source import LOCAL, ApiSource

if TYPE_CHECKING:
    from sources.fetching.api import Api

STORES = ("s3", "gs", "az")
FILES = "data"  # folder of a pull


def _address(path: str) -> str:
    parts = urlsplit(path)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("it must be an address without user, password or query, as those are secrets")
    if parts.scheme in STORES and parts.hostname:
        return path.rstrip("/")
    is_web = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if is_web and parts.hostname and not parts.path.endswith("/") and parts.path:
        return path
    raise ValueError(f"{path!r} is none of s3://bucket/folder, gs://…, az://… and the https:// address of one file")


class Copied(FileSource):
    """The files of a pull, as a folder of files."""

    root: Path
    pulled_at: datetime  # aware

    def place(self, portfolio: Path) -> Path:
        """The folder of the pull."""
        del portfolio
        return self.root

    def moment(self, now: datetime) -> datetime:
        """When it was pulled, unless the settings or a dated folder say when it was observed."""
        del now
        return super().moment(self.pulled_at)


class ObjectSource(ApiSource, FileShape):
    """A folder of an object store, or one file of a web server: `type: files` with an address as its path."""

    type: Literal["objects"] = Field(description="Kind of source")
    path: Annotated[str, AfterValidator(_address)] = Field(
        description="Address of the files: s3://bucket/folder, gs://…, az://…, or https:// of one file"
    )
    url: str = Field(default="", description="Not used: `path` is the address")

    asks: ClassVar = ("path",)
    streams: ClassVar = ()
    folder: ClassVar = Path(__file__).parent
    secret: ClassVar = "credentials"
    needs_secret: ClassVar = False
    rights: ClassVar = "to list and read the folder; nothing is ever written"

    @model_validator(mode="after")
    def _is_whole(self) -> "ObjectSource":
        if self.since is not None:
            raise ValueError("since: every file is copied; say with `covers` which days they cover")
        return self

    def files(self, home: Path) -> Copied | None:
        """The files of its newest pull, with its settings; None if there is none yet."""
        given = {name: getattr(self, name) for name in FileShape.model_fields}
        last = next(reversed(pulls.sealed(home, self.name)), None)
        return last and Copied.model_construct(**given, path=FILES, root=last.folder, pulled_at=last.started_at)

    def pull(self, home: Path, now: datetime, *, full: bool, say: Callable[[str], None]) -> pulls.Sealed:
        """Copy what changed."""
        from sources.others.objects.copying import copy

        return copy(home, self, now, full=full, say=say)

    def scope(self, api: "Api") -> list[str]:
        """The address, where it can be read."""
        from sources.others.objects.copying import Store

        _ = api
        Store(self).listed()
        return [self.path]

    def counts(self, api: "Api") -> dict[str, str]:
        """How many files there are, and how large they are."""
        from sources.others.objects.copying import Store

        _ = api
        found = Store(self).listed()
        return {"files": f"{len(found):,}, {sum(one.size for one in found.values()) / 1e6:,.1f} MB"}
