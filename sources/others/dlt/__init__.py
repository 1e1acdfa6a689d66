"""Any source of dlt, or any REST API in dlt's own configuration, as a pull. Needs the extra `dlt`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import Field, model_validator

from sources.errors import LandingError
from sources.fetching.source import SECRETS, ApiSource, Duration, Page, Stream, Window

if TYPE_CHECKING:
    from sources.fetching.api import Api

READER = Path(__file__).with_name("read.py")


class Batch(msgspec.Struct):
    """A line that the reader writes: records of a table; or, in the end, that it has read all of them."""

    table: str = ""
    records: list[msgspec.Raw] = []
    is_end: bool = False


class DltSource(ApiSource):
    """A source that dlt reads, in a process of its own."""

    type: Literal["dlt"] = Field(description="Kind of source")
    url: str = Field(default="", description="Not used: the configuration has the address")
    full_every: Duration = Field(
        default=timedelta(0), description="Each pull reads everything; longer: without deletions"
    )
    rest_api: dict[str, Any] | None = Field(
        default=None, description="Configuration of dlt's rest_api; $token in it stands for the secret"
    )
    function: str | None = Field(
        default=None,
        pattern=r"^[\w.]+:\w+$",
        description="A function of an installed package that returns a dlt source",
    )
    arguments: dict[str, Any] = Field(
        default={}, description="What the function is given; $token stands for the secret"
    )
    tables: dict[str, tuple[str, ...]] = Field(
        min_length=1, description="Resources that are read, and of each the columns that mappings read"
    )

    asks: ClassVar = ("rest_api", "function", "arguments", "tables")
    folder: ClassVar = Path(__file__).parent
    needs_secret: ClassVar = False
    rights: ClassVar = "as the source says"

    @model_validator(mode="after")
    def _is_one(self) -> "DltSource":
        if (self.rest_api is None) == (self.function is None):
            raise ValueError("rest_api: exactly one of rest_api and function is needed")
        if key := _written_secret([self.rest_api, self.arguments]):
            variable = self.variable(self.name, self.secret)
            raise ValueError(f"{key}: secrets don't belong in this file; write $token, and set {variable}")
        if self.feeds is None:
            raise ValueError("feeds: it is required, with a mapping of each in feeds/<source>/")
        return self

    @property
    def streams(self) -> tuple[Stream, ...]:  # type: ignore[override]
        """One per table; the first one's walk fills all."""
        walks = [_read, *[None] * (len(self.tables) - 1)]
        return tuple(Stream(name, keys, walk) for (name, keys), walk in zip(self.tables.items(), walks, strict=True))

    def scope(self, api: "Api") -> list[str]:
        """The tables: dlt doesn't say what a secret sees."""
        _ = api
        return sorted(self.tables)

    def counts(self, api: "Api") -> dict[str, str]:
        """Whether each table has a record."""
        found = {batch.table for batch in _batches(self, api, limit=1) if batch.records}
        return {name: "can be read" if name in found else "has no record" for name in self.tables}


def _written_secret(given: Any) -> str | None:
    """The first key of a configuration that holds a secret itself."""
    if isinstance(given, dict):
        pairs = dict[str, Any](given).items()
        own = (key for key, value in pairs if key in SECRETS and isinstance(value, str) and value != "$token")
        return next(own, None) or _written_secret([value for _, value in pairs])
    if isinstance(given, list | tuple):
        return next(filter(None, map(_written_secret, list[Any](given))), None)
    return None


def _read(api: "Api", source: DltSource, window: Window, at: Any) -> Iterator[Page]:
    """All tables at once, from the beginning: dlt has no place to go on from. What a killed pull had is replaced."""
    del window, at
    batches = list(_batches(source, api))
    yield Page({name: [r for b in batches if b.table == name for r in b.records] for name in source.tables})


def _batches(source: DltSource, api: "Api", limit: int | None = None) -> Iterator[Batch]:
    """What the reader writes, line by line. The secret goes to it by its standard input."""
    if find_spec("dlt") is None:
        raise LandingError("dlt is not installed.", f"source {source.name}", "pip install 'outcome-warehouse[dlt]'.")
    asked = source.model_dump(include={"rest_api", "function", "arguments", "tables"}) | {"limit": limit}
    secret = next(iter(api.hidden), "")
    sent = json.dumps(_filled(asked, secret)).encode()
    reader = subprocess.run([sys.executable, "-P", READER], input=sent, capture_output=True, check=False)
    lines = reader.stdout.splitlines()
    try:
        found = [msgspec.json.decode(line, type=Batch) for line in lines]
    except msgspec.MsgspecError:
        found = []
    if reader.returncode or not found or not found[-1].is_end:
        words = reader.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it ended early"]
        raise LandingError(
            f"dlt could not read it{api.shown(words[0])}.", f"source {source.name}",
            "check its configuration and the token; docs/sources.md shows an example.",
        )  # fmt: skip
    api.calls += 1
    yield from found


def _filled(given: Any, secret: str) -> Any:
    """A configuration with the secret in the places of $token."""
    if isinstance(given, dict):
        return {key: _filled(value, secret) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_filled(value, secret) for value in given]
    return secret if given == "$token" else given
