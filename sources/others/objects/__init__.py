"""Files in an object store, or behind a web address, copied as a pull. Needs the extra `objects`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from sources.config import FileShape
from sources.fetching.source import LOCAL, ApiSource

if TYPE_CHECKING:
    from sources.fetching.api import Api

STORES = ("s3", "gs", "az")


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
