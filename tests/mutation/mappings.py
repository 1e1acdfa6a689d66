"""Small mistakes in a portfolio's mappings: each is landed as a source is, in a copy of the portfolio, into a home of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sources import loads, seals
from sources.config import FileSource
from sources.errors import LandingError
from sources.landing import land_source, mappings
from tests.mutation.operators import Mutant, mutants, regenerated
from tests.mutation.warehouse import Finding, Start, Warehouse


@dataclass(frozen=True)
class MappedFeed:
    """A feed of a source that comes from a SELECT."""

    source: FileSource
    feed: str
    text: str


class Mappings:
    """The mappings of one portfolio, tried out on a warehouse built from it."""

    def __init__(self, warehouse: Warehouse, scratch: Path) -> None:
        self.on, self.scratch = warehouse, scratch
        self.portfolio = warehouse.baseline.space.portfolio
        self.folder = scratch / "portfolio"
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(
            warehouse.baseline.space.folder, self.folder, ignore=shutil.ignore_patterns("truth", "expected")
        )

    def feeds(self) -> list[MappedFeed]:
        """Every feed that a SELECT gives."""
        return [
            MappedFeed(source, mapping.feed.name, mapping.path.read_text())
            for source in self.portfolio.sources
            for mapping in mappings(self.folder, source)
            if mapping.path.suffix == ".sql"
        ]

    def target(self, mapped: MappedFeed) -> str:
        """How mutants name it."""
        return f"mapping:{self.portfolio.name}/{mapped.feed}"

    def mutants(self, mapped: MappedFeed) -> list[Mutant]:
        """Every mutant of one mapping."""
        return mutants(self.target(mapped), mapped.text)

    def unchanged(self, mapped: MappedFeed) -> Finding:
        """What becomes of a mapping that sqlglot only wrote again: the same rows, or the harness is wrong."""
        return self._try(mapped, regenerated(mapped.text))

    def try_out(self, mapped: MappedFeed, mutant: Mutant) -> Finding:
        """Land a mutant of a mapping, and where that goes through, build and audit with it."""
        return self._try(mapped, mutant.apply())

    def _try(self, mapped: MappedFeed, sql: str) -> Finding:
        path, home = self.folder / "feeds" / f"{mapped.feed}.sql", self.scratch / "home"
        lookups = [line for line in mapped.text.splitlines() if line.startswith("-- lookup:")]
        shutil.rmtree(home, ignore_errors=True)
        path.write_text("\n".join([*lookups, sql]))
        try:
            self._land(mapped, home)
        except LandingError as error:
            # SQL that can't be bound is no mutant of a mapping that someone would put to use
            return Finding("invalid" if "it can't be run" in error.what else "killed", (_reason(error),))
        finally:
            path.write_text(mapped.text)
        with self._landed(home):
            tables = ("loads", mapped.feed)
            return self.on.try_out(Start(tables={f"landing.{name}": f"from landed.landing.{name}" for name in tables}))

    def _land(self, mapped: MappedFeed, home: Path) -> None:
        """Land one feed alone, with nothing landed before, and give its loads the names that the baseline's have."""
        baseline = self.on.baseline
        before = loads.of_source(baseline.home, mapped.source.name, mapped.feed)
        alone = mapped.source.model_copy(update={"feeds": (mapped.feed,)})
        landed_at = datetime.fromisoformat(before[0]["landed_at"])
        land_source(self.folder, home, alone, self.portfolio.landing_rules(), baseline.key, landed_at)
        after = loads.of_source(home, mapped.source.name, mapped.feed)
        for old, new in zip(before, after, strict=True):
            _rename(home, new, old["load_id"])

    @contextmanager
    def _landed(self, home: Path) -> Iterator[None]:
        """The baseline's loads with the new ones in the place of theirs, attached as `landed`."""
        baseline, stage = self.on.baseline, home / "landed.duckdb"
        for kept in ("landing", "quarantine"):
            if (baseline.home / kept).is_dir():
                shutil.copytree(
                    baseline.home / kept,
                    home / kept,
                    copy_function=_link,
                    dirs_exist_ok=True,
                    ignore=_what_landed(home),
                )
        new = {(load["feed"], load["load_id"]): load for load in loads.all_loads(home)}
        frozen = replace(
            loads.freeze(home, baseline.now),
            loads=tuple(new.get((load["feed"], load["load_id"]), load) for load in baseline.loads),
        )
        loads.expose(frozen, home, stage, self.portfolio.build_settings(baseline.now))
        self.on.connection.execute(f"attach '{stage}' as landed (read_only)")
        try:
            yield
        finally:
            self.on.connection.execute("detach landed")


def _rename(home: Path, load: loads.Load, load_id: str) -> None:
    folder = loads.load_folder(home, load["feed"], load["source"], load["load_id"])
    (folder / seals.RECORD).write_text(seals.as_text(load | {"load_id": load_id}))
    folder.rename(folder.with_name(f"load={load_id}"))
    rejects = home / "quarantine" / load["feed"] / f"source={load['source']}" / f"load={load['load_id']}.parquet"
    if rejects.exists():
        rejects.rename(rejects.with_name(f"load={load_id}.parquet"))


def _link(source: str, target: str) -> None:
    if not Path(target).exists():  # the loads of no rows are there already
        os.link(source, target)


def _what_landed(home: Path) -> Callable[[str, list[str]], list[str]]:
    """For copytree: leave out the loads that are there again, and the rejects of those before them."""
    fresh = {(load["feed"], f"source={load['source']}") for load in loads.all_loads(home)}
    return lambda folder, names: [name for name in names if (Path(folder).name, name) in fresh]


def _reason(error: LandingError) -> str:
    """`control:`, `conservation:` or `landing:` with the file that is blamed."""
    if error.where.endswith(".control.sql"):
        return f"control:{error.where}"
    kind = "conservation" if "records" in error.what or "rows of" in error.what else "landing"
    return f"{kind}:{error.where.split(' ')[0]}"
