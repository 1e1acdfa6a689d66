"""The steps of a refresh, each a function of its run.

The command runs them one after the other in its own process (`execution`); Dagster shows them as assets (`defs/`).
A step that ends the refresh raises StepError.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dagster_project import audit as checking
from dagster_project import catalog, dbt_runner, measure, mirroring, model_runner, reuse
from dagster_project.dbt_runner import AFTER_METRICS, AFTER_OUTCOME_METRICS
from dagster_project.fetching import Fetched, fetch_all
from dagster_project.home import last_refresh
from dagster_project.landing import land_sources, notes
from dagster_project.lineage import with_metrics
from dagster_project.model_runner import Built
from dagster_project.publishing import publish_build, verdict_message
from dagster_project.run import BuildError, Run, end_unchanged
from expectations import records as recording
from expectations.records import CheckRecord
from serving import versions
from serving.errors import ServingError
from serving.mirror import Mirrored
from serving.page import draw_root
from serving.versions import Version
from serving.words import plural
from sources import loads
from sources.errors import LandingError
from sources.landing import Landed
from sources.reader import USUAL


class StepError(Exception):
    """A step ends the refresh; the message says why, and is among the run's failures."""


def fetch(run: Run) -> list[Fetched]:
    """Pull what changed at each tool into a sealed folder; landing then reads sealed pulls only.

    Where a tool is down, its last pull is used, if it is not too old. Raises StepError.
    """
    found = (
        fetch_all(run.space, run.space.portfolio.fetched, lambda what: run.say("fetch", what)) if run.fetches else []
    )
    for result in found:
        if result.problem is not None:
            (run.warnings if result.is_usable else run.failures).append(result.problem)
            seen_at = result.pull.seen_at.isoformat() if result.pull is not None else None
            run.troubles.append({"source": result.source.name, "step": "fetch", "seen_at": seen_at})
    _end_on_failures(run)
    return found


def land(run: Run) -> list[Landed]:
    """Turn every source's files into contract-checked loads; sources land in parallel. Raises StepError."""
    sources = run.space.portfolio.sources if run.lands else ()
    landed, failures = land_sources(run.space, sources, run.key, run.landed_at)
    run.failures += failures.values()
    run.troubles += ({"source": name, "step": "land", "seen_at": None} for name in failures)
    run.look_again()
    new = [result for result in landed if result.outcome == "landed"]
    rows, rejected, copies = (
        sum(result.counts[name] for result in new) for name in ("landed_rows", "quarantined_rows", "identical_copies")
    )
    said = f"{len(new)} new loads, {rows:,} rows, {rejected:,} rejected"
    run.say("land", said + (f", identical copies left out: {copies:,}" if copies else ""))
    for result in new:
        for reason in result.rejects:
            run.say("land", f"{result.source}/{result.feed}: rejected {reason}")
    for file, words in sorted({file: words for result in new for file, words in result.read.items()}.items()):
        if words not in USUAL:
            run.say("land", f"{file}: {words}")
    _end_on_failures(run)
    for said in notes(landed, run.space.portfolio.sources):
        run.say("land", said)
    return landed


def freeze(run: Run) -> bool:
    """Fix the list of loads to read; False where they, the code and the settings are those of the served version.

    Raises StepError where one of them is damaged, or a feed of the served version is given no more.
    """
    if run.same is not None:
        end_unchanged(run)
        return False
    _refuse_withdrawn(run)
    checking.start_auditor(run)
    _begin_build(run)
    try:
        loads.expose(run.frozen, run.space.home, run.space.stage, run.space.portfolio.build_settings(run.now))
    except LandingError as error:
        raise _ended(run, str(error)) from error
    run.note_build()
    run.say("freeze", f"{len(run.frozen.loads)} loads, as of {run.now:%Y-%m-%d %H:%M} UTC")
    return True


def _begin_build(run: Run) -> None:
    """Go on with the build of the published version, where it can be; Spark's begins from scratch each time."""
    if run.space.portfolio.engine == "duckdb":
        run.made = reuse.begin(run.space.build, run.code, from_scratch=run.full)
    else:
        model_runner.fresh_build(run.space.build)


def _refuse_withdrawn(run: Run) -> None:
    """Raise StepError where the served version has a feed that no source gives any more, unless that is meant."""
    served = versions.served_if_whole(run.published_home) if run.observed_by is None else None
    if served is None or run.withdraws or run.space.home != run.published_home:
        return
    used = [load for load in served.manifest["loads"] if load.get("is_in_use", True)]
    # by feed, as the loads of a source that land together have one id
    if gone := loads.apart_from(used, catalog.given(run.space)):
        names = ", ".join(sorted({f"{load['source']}/{load['feed']}" for load in gone}))
        rows = sum(load["landed_rows"] for load in gone)
        raise _ended(
            run,
            f"no source gives {names} any more, of which the served version has {plural(rows, 'row')}. To fix: "
            "put back the mapping or file; or, if it is meant, run `outcomes refresh --withdraw` once, which publishes "
            "without it.",
        )


def build(run: Run, tag: str | None, names: Collection[str] | None = None) -> list[Built]:
    """Build the models of one pass, or of them only those named. Raises DbtError, SparkError or StepError."""
    _change_build(run)
    space, seconds = run.space, run.space.portfolio.model_timeout
    if run.spark:
        built = run.spark.build_models(tag, seconds, names)
    else:
        built = model_runner.build_models(space.warehouse, space.stage, tag, space.limits, seconds, names, run.made)
    unchanged = len(built) - sum(model.is_new for model in built)
    run.say("build", f"{len(built)} models" + (f", {unchanged} unchanged" if unchanged else ""))
    return built


def measure_metrics(run: Run) -> int:
    """Run MetricFlow's compiled saved queries at each grain of their metrics; the number of cells."""
    return _fill(run, run.prints, "tasks, finance and feedback")


def measure_outcomes(run: Run) -> int:
    """Run the saved queries of derived metrics (goals and value), which depend on others; the number of cells."""
    return _fill(run, {}, "goals and value", second=True)


def _fill(run: Run, prints: dict[str, str], about: str, *, second: bool = False) -> int:
    _change_build(run)
    space, manifest, kept = run.space, dbt_runner.manifest(), ""
    if run.spark:
        cells = run.spark.measure(manifest, run.compiled, prints, second=second)
    else:
        build = space.warehouse, space.stage
        found = measure.fill(*build, manifest, run.compiled, prints, second=second, limits=space.limits, made=run.made)
        cells = found.cells
        if found.run < found.queries:
            kept = f", {found.run} of {found.queries} queries run"
    run.say("measure", f"{cells:,} cells of metrics on {about}{kept}")
    return cells


def audit(run: Run) -> None:
    """Run every check, and keep its record. A required check without a record counts as failed. Raises StepError."""
    _change_build(run)
    found = checking.audit(run)
    records = [*found, *recording.missing_records(found, checking.required())]
    run.records = with_metrics(records, run.space.warehouse, run.space.stage, run.space.limits)
    recording.write_records(run.records, run.refresh_id, run.records_path)
    run.say("audit", "{checks} checks, {warned} warned, {failed} failed".format(**checking.counted(run.records)))


def publish(run: Run) -> Version:
    """Publish the build as an immutable version with one symlink swap, only if the audit passed. Raises StepError."""
    if not run.has_build:
        _take_audited(run)
    if message := verdict_message(run):
        raise _ended(run, message)
    try:
        version = publish_build(run)
    except ServingError as error:
        raise _ended(run, str(error)) from error
    run.outcome, run.version = "published", version
    if run.made is not None:
        reuse.end(run.space.build, run.code, run.made, version.version)
    run.say("publish", f"version {version.version}, {version.size_bytes / 1e6:.1f} MB")
    return version


def show(run: Run) -> Path | None:
    """Draw the page: the served version's figures and the state of the last refresh; None for a point-in-time build."""
    if run.as_of is not None:  # the page shows the served version, which didn't change
        return None
    # run alone, outside a refresh, it shows how the last refresh ended
    path = draw_root(run.space.home, run.end() if run.outcome == "published" else last_refresh(run.space.home))
    run.say("show", str(path))
    return path


def mirror(run: Run) -> Mirrored | None:
    """Copy the served version to PostgreSQL if the portfolio declares a mirror; a failure is only a warning."""
    if run.as_of is not None:  # the served version didn't change
        return None
    run.mirrored = mirroring.follow(run.space)
    if run.mirrored is not None:
        run.say("mirror", run.mirrored.outcome)
    return run.mirrored


def show_failure(run: Run) -> None:
    """After a failed step, redraw the page: the served figures with a banner that shows their age and the reason."""
    # of a damaged version there is no page, and none can be written to a full disk; what failed is said anyway
    with suppress(ServingError, OSError):
        draw_root(run.space.home, run.end())


def audited(run: Run) -> list[CheckRecord]:
    """The records of the audit of this build; none where it was changed since. Raises StepError."""
    if not run.has_build:
        run.refresh_id = _resumed(run)["refresh_id"]
    if not run.records and run.records_path.exists():
        run.records = recording.read_records(run.records_path)
    return run.records


def test_models(run: Run, names: Collection[str]) -> list[CheckRecord]:
    """Run dbt tests on the build as it is now; the records, which are not kept. Raises DbtError."""
    return checking.run_dbt_tests(run.space.warehouse, run.space.stage, run.space.limits, names)


def _change_build(run: Run) -> None:
    """Before a step that is run by itself changes a build: its last audit no longer counts. Raises StepError."""
    if not run.has_build:
        run.note_build(_resumed(run)["inputs"])


def _take_audited(run: Run) -> None:
    """Before a build is published that another run audited. Raises StepError where it may not be."""
    noted = _resumed(run)
    run.refresh_id = noted["refresh_id"]
    if not audited(run):
        raise _ended(run, "the build was changed since its audit. To fix: audit it first (audit/fct_check_results).")
    if noted["inputs"] != run.inputs:
        raise _ended(run, "the build was begun with other code or settings. To fix: launch the job `refresh`.")
    if (versions.serve_folder(run.published_home) / run.refresh_id).exists():
        raise _ended(run, f"version {run.refresh_id} is published already. To fix: launch the job `refresh`.")


def _resumed(run: Run) -> dict[str, Any]:
    try:
        return run.resume_build()
    except BuildError as error:
        raise _ended(run, str(error)) from error


def _ended(run: Run, message: str) -> StepError:
    run.failures.append(message)
    return StepError(message)


def _end_on_failures(run: Run) -> None:
    if run.failures:
        raise StepError(" ".join(run.failures))


# name, step, in order; one that returns False ends the refresh, as nothing is left to do
Steps = Sequence[tuple[str, Callable[[Run], object]]]
BUILD: Steps = (
    ("fetch", fetch),
    ("land", land),
    ("freeze", freeze),
    ("build_first_pass", lambda run: build(run, None)),
    ("measure", measure_metrics),
    ("build_second_pass", lambda run: build(run, AFTER_METRICS)),
    ("measure_outcomes", measure_outcomes),
    ("build_last_pass", lambda run: build(run, AFTER_OUTCOME_METRICS)),
    ("audit", audit),
)
PUBLISH: Steps = (("publish", publish), ("show", show), ("mirror", mirror))
