"""The metrics as the YAML in `dbt/models/metrics` declares them, read without dbt and before anything was built.

A build takes them from dbt's manifest (`measure.py`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from pydantic import ValidationError

from dagster_project.settings import DBT_PROJECT, PortfolioError, Workspace
from expectations.metrics import Meta
from serving.scorecard import lacking
from sources import loads, pulled
from sources.config import FileSource
from sources.fetching.source import ApiSource
from sources.landing import mappings


@dataclass(frozen=True)
class Declared:
    """A governed metric: its name, label, description, and `meta`."""

    name: str
    label: str
    description: str
    meta: Meta

    def lacks(self, feeds: frozenset[str]) -> tuple[str, ...]:
        """Those of the feeds that it needs that aren't among `feeds`."""
        return tuple(lacking(self.meta.feeds, feeds))


@cache
def declared() -> dict[str, Declared]:
    """Every governed metric by name, sorted: those whose `meta` has a version. Raises ValueError for wrong YAML."""
    found: dict[str, Declared] = {}
    for path in sorted((DBT_PROJECT / "models" / "metrics").glob("*__metrics.yml")):
        content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for entry in content.get("metrics", []):
            meta = entry.get("config", {}).get("meta", {})
            if "version" not in meta:
                continue
            try:
                checked = Meta.model_validate(meta)
            except ValidationError as error:
                raise ValueError(f"{path.name}: metric {entry['name']}: {error}") from error
            found[entry["name"]] = Declared(entry["name"], entry["label"], entry["description"], checked)
    return dict(sorted(found.items()))


def by_lack(feeds: frozenset[str], reads: str | None = None) -> dict[tuple[str, ...], list[Declared]]:
    """The metrics, or those that read a feed, by those of their feeds that aren't among `feeds`: first the complete."""
    found: dict[tuple[str, ...], list[Declared]] = {}
    for metric in declared().values():
        if reads is None or reads in metric.lacks(frozenset()):
            found.setdefault(metric.lacks(feeds), []).append(metric)
    return dict(sorted(found.items()))


def feeds_of(space: Workspace, source: FileSource | ApiSource) -> frozenset[str]:
    """The feeds that a source has a mapping or plain file for. Raises LandingError."""
    if isinstance(source, ApiSource) and not source.maps_files:
        return frozenset(pulled.feeds_of(source))
    return frozenset(m.feed.name for m in mappings(space.folder, source, space.portfolio.landing_rules()))


def files_to_map(space: Workspace, source: FileSource | ApiSource) -> FileSource:
    """The files that a source's mappings read; of a tool, those of its last full pull. Raises PortfolioError if there
    are none yet."""
    if not isinstance(source, ApiSource):
        return source
    found = source.files(space.home) if source.maps_files else pulled.last_snapshot(space.home, source)
    if found is None:
        raise PortfolioError(f"source {source.name} was never fetched. To fix: outcomes fetch {source.name}.")
    return found


def given(space: Workspace) -> loads.Given:
    """The feeds that the portfolio's sources give: what landed of others is not used. Raises LandingError."""
    return frozenset((source.name, feed) for source in space.portfolio.sources for feed in feeds_of(space, source))


def feeds_given(space: Workspace) -> frozenset[str]:
    """The feeds that any of the portfolio's sources gives. Raises LandingError."""
    return frozenset(feed for _, feed in given(space))


def withdrawn(space: Workspace) -> list[loads.Load]:
    """The loads of feeds that no source gives any more. Raises LandingError."""
    return loads.apart_from(loads.all_loads(space.home), given(space))
