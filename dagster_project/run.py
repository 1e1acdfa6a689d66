"""One refresh of one portfolio: the state that its steps share, and its progress messages."""

import hashlib
import json
import shutil
import sys
import sysconfig
import time
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ulid import ULID

from dagster_project import catalog, measure, mirroring, reuse
from dagster_project.home import BEGUN, LAST_REFRESH, locked
from dagster_project.landing import land_sources, notes
from dagster_project.settings import PROJECT, PortfolioError, Workspace
from expectations.records import CheckRecord, Earlier, earlier
from serving import mirror, versions, words
from serving.page import draw_root
from sources import loads
from sources.common import disk
from sources.common.limits import explained
from sources.errors import LandingError
from sources.keys import pseudonym_key

if TYPE_CHECKING:
    from dagster_project.spark import building as spark_building

PACKAGES = ("sources", "dbt", "expectations", "serving", "dagster_project")
BUILT = "build.json"  # in the folder of a build: what it is made of, and who changed it last
WRITTEN = {"target", "logs", "__pycache__", ".user.yml"}  # what tools write into these folders while they run


def code_fingerprint() -> str:
    """Changes with any file of the code, whatever its kind, and with any installed package."""
    paths = [path.relative_to(PROJECT) for name in PACKAGES for path in (PROJECT / name).rglob("*") if path.is_file()]
    files = sorted(path for path in paths if not WRITTEN & set(path.parts))
    digest = hashlib.sha256("\n".join(installed()).encode())
    for path in files:
        digest.update(path.as_posix().encode())
        digest.update((PROJECT / path).read_bytes())
    return digest.hexdigest()[:16]


def installed() -> list[str]:
    """The installed packages with their versions, by their folders: to read each one's metadata takes much longer."""
    folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    return sorted(path.name for folder in folders for path in Path(folder).glob("*.dist-info"))


class BuildError(Exception):
    """A step that is run by itself needs a build that isn't there."""


@dataclass
class Run:
    """The state of one refresh."""

    space: Workspace
    published_home: Path  # where versions are kept; the workspace's home, except for point-in-time builds
    as_of: date | None = None
    full: bool = False
    verbose: bool = False
    lands: bool = True  # false: build what has already landed, without reading files
    fetches: bool = True  # false: read no tool, only what was fetched before
    new_key: bool = False
    withdraws: bool = False  # it may publish without feeds that the served version has and no source gives any more
    has_build: bool = False  # it began a build, or goes on with the one that is there
    made: reuse.Made | None = None  # what the build is made of, if this refresh began it and DuckDB builds
    refresh_id: str = field(default_factory=lambda: str(ULID()))
    started: float = field(default_factory=time.monotonic)
    landed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    records: list[CheckRecord] = field(default_factory=list[CheckRecord])
    failures: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])  # a last pull that is used, a version that was healed
    troubles: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])  # sources not fetched or landed
    compiling: Future[list[measure.Compiled]] | None = None
    printing: Future[dict[str, str]] | None = None
    closing: ExitStack = field(default_factory=ExitStack)  # what is closed when the refresh has ended
    said: str | None = None  # what the last step said
    outcome: str = "failed"  # published | unchanged | failed
    version: versions.Version | None = None  # the version it published, or an existing one made from the same inputs
    mirrored: mirror.Mirrored | None = None  # the mirror's result, if there is one

    def say(self, step: str, what: str) -> None:
        """Note what a step has done; in a terminal, print it with the time since the start."""
        self.said = f"{step}: {what}"
        if self.verbose:
            print(f"[{time.monotonic() - self.started:6.1f} s] {step:<8} {what}", file=sys.stderr, flush=True)

    @cached_property
    def key(self) -> bytes:
        """The key for pseudonyms."""
        # a separate home uses the key of its main home
        return pseudonym_key(self.published_home, self.space.key, new=self.new_key)

    @cached_property
    def now(self) -> datetime:
        """The as-of moment (aware)."""
        return self.space.portfolio.now(self.as_of)

    @property
    def observed_by(self) -> datetime | None:
        """For a point-in-time build: the moment by which its loads were observed (aware)."""
        return self.now if self.as_of else None

    @property
    def is_reconstructed(self) -> bool:
        """It is a point-in-time build, and some of its loads landed only later."""
        return self.as_of is not None and any(
            datetime.fromisoformat(load["landed_at"]) > self.now for load in self.frozen.loads
        )

    @cached_property
    def frozen(self) -> loads.Frozen:
        """The loads that this refresh reads."""
        given = catalog.given(self.space) if self.observed_by is None else None
        return loads.freeze(self.space.home, self.now, self.observed_by, given)

    @cached_property
    def compiled(self) -> list[measure.Compiled]:
        """The saved queries' SQL."""
        return self.compiling.result() if self.compiling is not None else measure.compile_project()

    @cached_property
    def prints(self) -> dict[str, str]:
        """The fingerprint of each metric's definition and SQL."""
        return self.printing.result() if self.printing is not None else measure.fingerprints()

    @cached_property
    def spark(self) -> "spark_building.Build | None":
        """The build on Spark, where the portfolio has it built there. Raises SparkError."""
        portfolio = self.space.portfolio
        if portfolio.engine != "spark":
            return None
        from dagster_project.spark import building

        return self.closing.enter_context(
            building.opened_build(
                self.space.warehouse,
                self.space.stage,
                portfolio.spark.remote,
                portfolio.spark.settings,
                self.space.limits,
            )
        )

    @property
    def engine(self) -> str:
        """What builds and measures, with the version of its package."""
        name, package = {"duckdb": ("DuckDB", "duckdb"), "spark": ("Spark", "pyspark")}[self.space.portfolio.engine]
        return f"{name} {version(package)}"

    @cached_property
    def code(self) -> str:
        """The fingerprint of the code when the refresh began: what is edited meanwhile counts for the next one."""
        return code_fingerprint()

    @property
    def inputs(self) -> dict[str, str]:
        """What a version depends on: if they equal the served version's inputs, there is nothing to do."""
        settings = self.settings | {
            "as_of_date": self.space.portfolio.build_settings(self.now)["as_of_date"],
            "parquet": self.space.portfolio.parquet,
            "engine": self.space.portfolio.engine,
        }
        return {
            "loads": self.frozen.fingerprint,
            "code": self.code,
            "settings": hashlib.sha256(json.dumps(settings, default=str, sort_keys=True).encode()).hexdigest()[:16],
        }

    @property
    def settings(self) -> dict[str, Any]:
        """The portfolio's settings that models read, without the as-of moment."""
        settings = self.space.portfolio.build_settings(self.now)
        return {name: value for name, value in settings.items() if name not in ("as_of_at", "as_of_date")}

    @cached_property
    def same(self) -> versions.Version | None:
        """The version made from the same inputs: the served one, or a point-in-time one of this moment."""
        if self.full:
            return None
        if self.observed_by is not None:
            return versions.made_as_of(self.published_home, self.inputs, self.observed_by.isoformat())
        served = versions.served_if_whole(self.published_home)
        return served if served is not None and served.manifest.get("inputs") == self.inputs else None

    def look_again(self) -> None:
        """Forget which loads there are and which version was made of them, as landing adds some."""
        for name in ("frozen", "same"):
            self.__dict__.pop(name, None)

    @property
    def records_path(self) -> Path:
        """Where this refresh's check records are kept."""
        return self.space.home / "audit" / f"refresh={self.refresh_id}.parquet"

    @property
    def audited_before(self) -> Earlier:
        """The audit of the build that this one goes on with. Its records name the code, so other code's don't count."""
        published = self.made.published if self.made is not None else None
        return earlier(self.space.home / "audit" / f"refresh={published}.parquet", self.code)

    def note_build(self, inputs: dict[str, str] | None = None) -> None:
        """Note beside the build what it is made of and that this run changed it, for a step that is run by itself."""
        noted = {
            "refresh_id": self.refresh_id,
            "now": self.now.isoformat(),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "loads": [_identity(load) for load in self.frozen.loads],
            "inputs": inputs or self.inputs,
        }
        reuse.lose(self.space.build)
        disk.write(self.space.build / BUILT, json.dumps(noted))
        self.has_build = True

    def resume_build(self) -> dict[str, Any]:
        """Go on with the build that is there; what was noted beside it. Raises BuildError."""
        try:
            noted = json.loads((self.space.build / BUILT).read_text())
            moment, listed = datetime.fromisoformat(noted["now"]), noted["loads"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BuildError(f"{self.space.build}: there is no build. To fix: launch the job `refresh`.") from error
        found = loads.freeze(self.space.home, moment, moment if self.as_of else None)
        frozen = loads.Frozen(tuple(load for load in found.loads if _identity(load) in listed), moment)
        if len(frozen.loads) < len(listed) or noted["as_of"] != (self.as_of.isoformat() if self.as_of else None):
            raise BuildError(f"{self.space.build}: its loads are no longer there. To fix: launch the job `refresh`.")
        self.__dict__ |= {"now": moment, "frozen": frozen, "has_build": True}
        return noted

    def begin(self) -> None:
        """Note that this refresh began, so that one which is killed is known."""
        begun = {"refresh_id": self.refresh_id, "began_at": self.landed_at.isoformat()}
        with suppress(OSError):  # the step that needs the disk says what is wrong with it
            disk.write(self.space.home / BEGUN, json.dumps(begun))

    def note_failure(self, step: str, error: BaseException | None) -> None:
        """Note why a step ended the refresh. A full disk is told as such, whatever met it, and its build removed."""
        if not self.failures and error is not None:
            self.failures.append(explained(f"step {step}: {error}"))
        if lack := next(filter(None, map(disk.lack, self.failures)), None):
            shutil.rmtree(self.space.build, ignore_errors=True)  # what else is on that disk needs room, too
            self.failures = [f"step {step}: {self.space.home}: {self._without_room(lack)}"]

    def _without_room(self, lack: disk.Lack) -> str:
        """What to do; of a full disk how much is free and, where an earlier version shows it, how much is missing."""
        after = "then outcomes refresh; docs/operations.md says what may be removed."
        if lack is not disk.NO_SPACE:  # what is left of a quota isn't known
            return f"{lack.what}. To fix: {lack.fix}, {after}"
        free, last = shutil.disk_usage(self.space.home).free, versions.served_if_whole(self.published_home)
        built = last.manifest.get("build_bytes") if last is not None else None
        missing = built + last.total_bytes - free if last is not None and built else 0
        needs = f", and a refresh like the last needs {words.size(missing)} more" if missing > 0 else ""
        fix = "free that much" if needs else lack.fix
        return f"{lack.what}: {words.size(free)} are free{needs}. To fix: {fix}, {after}"

    def end(self) -> dict[str, Any]:
        """How this refresh ended, for the page; kept for when the page is drawn again.

        `sources`: of each that could not be fetched or landed its name, the step, and when what is used of it was seen.
        """
        ended = {
            "refresh_id": self.refresh_id,
            "ended_at": datetime.now(UTC).isoformat(),
            "outcome": self.outcome,
            "message": " ".join(self.failures or self.warnings) or None,
            "sources": self.troubles,
            "failing": [record.model_dump(mode="json") for record in self.records if record.blocks],
            "title": self.space.portfolio.title,
        }
        disk.write(self.space.home / LAST_REFRESH, json.dumps(ended, indent=2))
        (self.space.home / BEGUN).unlink(missing_ok=True)  # also one of a refresh before, that was killed
        return ended


def _identity(load: loads.Load) -> list[str]:
    """What tells a load from all others: those of a source that land together have one id."""
    return [load["feed"], load["source"], load["load_id"]]


LAST: dict[str, Run] = {}  # the state of the last run in this process, for the command that started it


@contextmanager
def opened(
    space: Workspace,
    home: Path | None = None,
    as_of: date | None = None,
    *,
    full: bool = False,
    verbose: bool = False,
    lands: bool = True,
    fetches: bool = True,
    new_key: bool = False,
    withdraws: bool = False,
) -> Generator[Run]:
    """A refresh of a portfolio, which holds its lock; `home` is another place than its own for loads and build.

    Raises PortfolioError or BusyError.
    """
    published_home = space.home
    if home:
        space = space.model_copy(update={"home": home})
    if as_of and space.home == published_home:
        raise PortfolioError("a point-in-time build needs its own home. To fix: outcomes refresh --as-of DAY")
    with locked(space):
        run = LAST["run"] = Run(
            space,
            published_home,
            as_of,
            full=full,
            verbose=verbose,
            lands=lands and as_of is None,  # a point-in-time build reads only what has already landed
            fetches=fetches and lands and space.home == published_home,
            new_key=new_key,
            withdraws=withdraws,
        )
        if home is None and (healed := versions.heal(published_home)):
            run.warnings.append(healed)
        with run.closing, _told(run) if home is None and space.portfolio.openlineage else nullcontext():
            yield run


@contextmanager
def _told(run: Run) -> Generator[None]:
    """Tell a collector of lineage that a refresh began, and how it ended."""
    from dagster_project.lineage_events import Events  # imported late: only who asks for it waits for the client

    events = Events(run)
    events.started()
    try:
        yield
    except BaseException as error:
        run.failures = run.failures or [str(error) or type(error).__name__]
        raise
    finally:
        events.ended()


def is_nothing_new(run: Run) -> bool:
    """Whether a refresh would land nothing, and build what is there already. Landing itself reports what is wrong."""
    portfolio = run.space.portfolio
    try:
        if run.same is None or (run.lands and portfolio.fetched):
            return False  # only a tool itself knows whether it has anything new
        sources = portfolio.sources if run.lands else ()
        found, failures = land_sources(run.space, sources, run.key, run.landed_at, lands=False)
    except (OSError, ValueError, LandingError):
        return False
    if failures or any(feed.outcome != "unchanged" for feed in found):
        return False
    run.say("land", "0 new loads, 0 rows, 0 rejected")
    for said in notes(found, portfolio.sources):
        run.say("land", said)
    return True


def end_unchanged(run: Run) -> None:
    """End a refresh to which nothing is new: the page says so, and a mirror that was down last time may be up now."""
    run.outcome, run.version = "unchanged", run.same
    assert run.version is not None
    run.say("freeze", f"nothing new: loads, code and settings are those of version {run.version.version}")
    if run.as_of is None:
        draw_root(run.space.home, run.end())
        run.mirrored = mirroring.follow(run.space)
