"""What publishing costs beside a bare copy of the same schemas, and whether published files grow.

Run: .venv/bin/python benchmarks/publish.py HOME [--runs N] [--publishes N]

HOME is a portfolio's home that a refresh has filled, as `.outcomes/demo/acme` after `make demo`. Its build is copied
bare (`COPY FROM DATABASE` and fsync) and published (copy, audit records, re-check, page, manifest, fsync, swap) in
turn, into a temporary folder beside it, on the same disk; and once more with Parquet files. Prints Markdown.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from ulid import ULID

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from serving import copying  # noqa: E402
from serving.publish import REQUIRED_FACTS, publish  # noqa: E402
from serving.versions import Version, served  # noqa: E402
from sources.common import disk  # noqa: E402
from sources.common.limits import of_machine  # noqa: E402

WAYS = ("bare copy", "publish", "publish with Parquet")


def bare_copy(build: Path, target: Path) -> None:
    """What everything else is compared with: the build's schemas in a new file, on the disk. Raises duckdb.Error."""
    with duckdb.connect(config=of_machine().config()) as connection:
        connection.execute(f"attach {copying.literal(build)} as build (read_only)")
        storage = copying.literal(copying.STORAGE_VERSION)
        connection.execute(f"attach {copying.literal(target)} as target (storage_version {storage})")
        connection.execute("copy from database build to target")
        connection.execute("detach target")
    disk.sync(target)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds of `work`."""
    before, started = os.times(), time.perf_counter()
    work()
    after = os.times()
    return time.perf_counter() - started, after.user + after.system - before.user - before.system


def published(home: Path, build: Path, records: Path, facts: dict[str, Any], **options: Any) -> Version:
    """The build published once more."""
    return publish(
        home, build, records, facts, version=str(ULID()), now=datetime.now(UTC), keep=options.pop("keep", 1), **options
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("home", type=Path, help="a portfolio's home after a refresh")
    parser.add_argument("--runs", type=int, default=5, help="times that each is measured (default 5)")
    parser.add_argument("--publishes", type=int, default=200, help="publishes after which the size is taken (200)")
    given = parser.parse_args()
    build, version = given.home / "build" / "warehouse.duckdb", served(given.home)
    records = max((given.home / "audit").glob("*.parquet"), default=None)
    if version is None or records is None or not build.is_file() or given.runs < 1 or given.publishes < 0:
        parser.error(f"{given.home}: name a home that `outcomes refresh` has filled")
    facts = {name: version.manifest[name] for name in (*REQUIRED_FACTS, "title", "reporting_currency", "loads")}
    facts["refresh_id"] = records.stem.partition("=")[2]
    measured: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix=".benchmark-", dir=given.home) as name:
        scratch = Path(name)
        for number in range(given.runs + 1):  # the first warms the file system's cache and is not counted
            target = scratch / "bare.duckdb"
            target.unlink(missing_ok=True)
            home = scratch / "home"
            seconds = {
                WAYS[0]: timed(lambda target=target: bare_copy(build, target)),
                WAYS[1]: timed(lambda: published(scratch / "home", build, records, facts)),
                WAYS[2]: timed(lambda: published(scratch / "home", build, records, facts, parquet=True)),
            }
            if number:
                for way, found in seconds.items():
                    measured[way].append(found)
                print(f"run {number} of {given.runs}: {seconds}", file=sys.stderr)
        parquet = served(home)
        compact = target.stat().st_size
        shutil.rmtree(home)
        last = published(home, build, records, facts)
        for number in range(1, given.publishes):
            last = published(home, build, records, facts)
            print(f"publish {number + 1} of {given.publishes}: {last.size_bytes:,} bytes", file=sys.stderr)
    report(given, measured, compact, last, parquet)


def report(
    given: argparse.Namespace,
    measured: dict[str, list[tuple[float, float]]],
    compact: int,
    last: Version,
    parquet: Version | None,
) -> None:
    """Print the figures: seconds as min, median, max; ratios of each run's pair."""
    print(f"## Publishing {given.home.name}, {compact / 1e6:.1f} MB, {given.runs} runs\n")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, DuckDB {duckdb.__version__}\n")
    print("| | wall seconds: min | median | max | processor seconds: median | wall, beside bare: median |")
    print("|---|---:|---:|---:|---:|---:|")
    for way, found in measured.items():
        wall = [seconds for seconds, _ in found]
        ratio = statistics.median(one / bare for one, (bare, _) in zip(wall, measured[WAYS[0]], strict=True))
        processor = statistics.median(seconds for _, seconds in found)
        print(
            f"| {way} | {min(wall):.2f} | {statistics.median(wall):.2f} | {max(wall):.2f} | {processor:.2f} "
            f"| {ratio:.2f} × |"
        )
    print(f"\nThe file after {given.publishes} publishes: {last.size_bytes / compact:.3f} × the bare copy.", end=" ")
    if parquet is not None:
        print(f"With Parquet a version takes {parquet.total_bytes / last.total_bytes:.2f} × the space.")


if __name__ == "__main__":
    main()
