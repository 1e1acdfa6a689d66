"""Publish an audited build as an immutable version, which one symlink swap makes visible to readers.

Everything is prepared in `<home>/serve/.candidate-<version>/`, which no reader opens. If the process is killed, either
the old version or the new one is served; the next publish removes leftovers.
"""

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from serving import copying, integrity
from serving.errors import PublishError, ReadError, VersionError
from serving.export import PARQUET, recheck_parquet, write_parquet
from serving.figures import totals
from serving.keeping import retire
from serving.manifest import (
    DATABASE,
    MANIFEST,
    PAGE,
    as_json,
    names,
    read_manifest,
    write_manifest,
)
from serving.page import draw_version
from serving.versions import CURRENT, LOCK, Version, point_readers_at, serve_folder, served, served_name
from sources.common import disk
from sources.common.limits import Limits

CANDIDATE = ".candidate-"
STOPPING = ("failed", "missing", "error")
REQUIRED_FACTS = (
    *("refresh_id", "as_of", "portfolio", "title", "reporting_currency", "inputs", "settings", "code_fingerprint"),
    *("keys", "loads"),
)


def publish(
    home: Path,
    build: Path,
    audit_records: Path,
    facts: dict[str, object],
    *,
    version: str,
    now: datetime,
    keep: int = 5,
    keep_days: int = 0,
    parquet: bool = False,
    serve: bool = True,
    limits: Limits | None = None,
) -> Version:
    """Publish the closed DuckDB file `build` as `<home>/serve/<version>/` and serve it, unless `serve` is false.

    `audit_records`: the refresh's Parquet file of check records, or the folder that holds those of earlier ones too.
    `facts` goes into the manifest as it is (dates become ISO 8601 text): all `REQUIRED_FACTS`, of which `as_of` has the
    offset of the day that the page shows, `keys` is as `postgres.relations` takes it, and `loads` lists dicts of feed,
    source, load_id, observed_at, landed_rows, quarantined_rows and is_in_use. With observed_by (a moment) it is a
    point-in-time version and is never served: `serve` must be false; reconstructed (bool) means that some of its loads
    landed later.
    `version` is a ULID: names sort by age. `now` has a time zone. With `parquet` the version has its tables as Parquet,
    too. The newest `keep` versions stay, those of the last `keep_days` days, the served and the pinned
    (`keeping.retire`).

    Raises PublishError when the audit did not pass, the copy differs from the build, a file changed while the version
    was made, another publish runs, or the disk fails or is full: then the served version is unchanged, and nothing is
    left over.
    """
    _check_arguments(home, version, facts, now, serve)
    folder = serve_folder(home)
    if not folder.is_dir():
        folder.mkdir(parents=True)
        disk.share(folder)
    try:
        with FileLock(folder / LOCK, timeout=0):
            _sweep(folder)
            before = served_name(home)
            _publish_locked(
                folder, build, audit_records, facts, version, now, serve=serve, parquet=parquet, limits=limits
            )
            retire(home, keep, keep_days, now, before)
            return Version(version, folder / version, is_served=serve, manifest=read_manifest(folder / version))
    except Timeout as error:
        raise PublishError("another publish is running.", str(folder), "try again when it has ended.") from error


def _publish_locked(
    folder: Path,
    build: Path,
    records: Path,
    facts: dict[str, object],
    version: str,
    now: datetime,
    *,
    serve: bool,
    parquet: bool,
    limits: Limits | None,
) -> None:
    candidate = folder / f"{CANDIDATE}{version}"
    try:
        candidate.mkdir()
        make_candidate(candidate, build, records, facts, version, now, parquet=parquet, limits=limits)
        disk.settle(candidate)
        check_candidate(candidate)
        show(folder, candidate, version, serve)
    except BaseException as error:
        _discard(folder, version)
        if isinstance(error, OSError | duckdb.Error | ReadError | VersionError):
            raise PublishError(
                f"version {version} could not be written ({error}); the served version is unchanged.",
                str(folder),
                "free disk space or fix the cause in the message, then run `outcomes refresh` again.",
            ) from error
        raise


def make_candidate(
    candidate: Path,
    build: Path,
    records: Path,
    facts: dict[str, object],
    version: str,
    now: datetime,
    *,
    parquet: bool = False,
    limits: Limits | None = None,
) -> None:
    """Fill the empty folder `candidate` with the database, its Parquet files, its page, the manifest and its seal.

    A file's SHA-256 is computed before its content is compared with the build, so that `check_candidate` finds any
    change after it was written. Raises PublishError, OSError or duckdb.Error.
    """
    database = candidate / DATABASE
    spill = candidate / ".spill"
    with copying.open_build(build, spill, limits) as connection:
        copying.check_build(connection)
        refresh_id = str(facts["refresh_id"])
        checks = audit_summary(connection, records, refresh_id)
        built = copying.copy_database(connection, database)
        copying.add_audit(connection, records, refresh_id)
        copying.reopen(connection, database)
        if parquet:
            write_parquet(connection, candidate)
        written = [DATABASE, *(name for name in names(candidate) if name.startswith(f"{PARQUET}/"))]
        files = {name: disk.entry(candidate / name) for name in written}
        sums = copying.recheck(connection, records, refresh_id, built)
        metrics = copying.recheck_metrics(connection)
        if parquet:
            recheck_parquet(connection, candidate, sums)
        figures, definitions = totals(connection, "candidate.metrics")
    shutil.rmtree(spill, ignore_errors=True)
    manifest = facts | {
        "version": version,
        "published_at": now.astimezone(UTC),
        "checks": checks,
        "figures": figures,
        "definitions": definitions,
        "tables": {table: total.as_dict() for table, total in sums.items()},
        "metrics": {metric: total.as_dict() for metric, total in metrics.items()},
        **files[DATABASE],
        "storage_version": copying.STORAGE_VERSION,
        "duckdb_version": duckdb.__version__,
    }
    # the page is drawn from manifest and database, and the manifest then lists the page
    (candidate / MANIFEST).write_text(as_json(manifest), encoding="utf-8")
    disk.write(candidate / PAGE, draw_version(candidate, limits))
    files |= {name: disk.entry(candidate / name) for name in names(candidate) if name not in files}
    write_manifest(candidate, manifest | {"files": dict(sorted(files.items()))})


def check_candidate(candidate: Path) -> None:
    """Raise PublishError if a file of the finished candidate is missing or differs from its manifest."""
    damage = integrity.sealed(candidate) or integrity.files(candidate, read_manifest(candidate))
    if damage:
        raise PublishError(
            f"a file changed while the version was made: {damage[0].what}",
            str(damage[0].path),
            "check the disk, then run `outcomes refresh` again; the served version is unchanged.",
        )


def show(folder: Path, candidate: Path, version: str, serve: bool) -> None:
    """Give the finished candidate its name and, if it is to be served, make it visible, each atomically.

    Raises OSError.
    """
    candidate.rename(folder / version)
    disk.sync(folder)
    if serve:
        point_readers_at(folder, version)


def audit_summary(connection: duckdb.DuckDBPyConnection, records: Path, refresh_id: str) -> dict[str, int]:
    """Number of checks by status, of the refresh `refresh_id`.

    Raises PublishError when it has no record, or one that blocks publishing: nothing unaudited is ever visible.
    """
    rows = connection.execute(
        "select check_name, object_name, severity, status, observed "
        f"from ({copying.audit_select(records, refresh_id)}) where is_current order by all"
    ).fetchall()
    if not rows:
        raise PublishError(
            f"there is no audit record of refresh {refresh_id}.", str(records), "run `outcomes refresh`."
        )
    stopping = [row for row in rows if row[2] == "fail" and row[3] in STOPPING]
    if stopping:
        name, table, _, status, observed = stopping[0]
        raise PublishError(
            f"{len(stopping)} checks did not pass, the first is {name} on {table}: {status}, observed {observed}.",
            str(records),
            f"look at the rows with `outcomes check --rows {name}`.",
        )
    return dict(sorted(Counter(str(row[3]) for row in rows).items()))


def _check_arguments(home: Path, version: str, facts: dict[str, object], now: datetime, serve: bool) -> None:
    if not version.isalnum() or version == CURRENT:
        raise ValueError(f"a version's name is a ULID, not {version!r}")
    if (serve_folder(home) / version).exists():
        raise PublishError("the version exists already.", str(serve_folder(home) / version), "give it a new name.")
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    missing = [name for name in REQUIRED_FACTS if facts.get(name) in (None, "")]
    if missing:
        raise ValueError(f"facts lacks {', '.join(missing)}")
    if serve and facts.get("observed_by"):
        raise ValueError("a point-in-time version is never served")
    as_json(facts)


def _sweep(serve: Path) -> None:
    """Remove leftovers of killed publishes: every hidden entry except the lock."""
    for path in [path for path in serve.glob(".*") if path.name != LOCK]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _discard(serve: Path, version: str) -> None:
    """Remove all of a version that failed before it was served."""
    shutil.rmtree(serve / f"{CANDIDATE}{version}", ignore_errors=True)
    link = serve / CURRENT
    if not (link.is_symlink() and link.readlink().name == version):
        shutil.rmtree(serve / version, ignore_errors=True)


__all__ = ["PublishError", "Version", "publish", "served"]
