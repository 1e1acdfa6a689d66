"""Generate a fictional company with known answers: its plan, its tools' quarterly exports, and the expected results.

All of it is set-based SQL in DuckDB; a table depends only on the scale and the seed. See README.md.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sources.common.sql import literal
from sources.errors import LandingError

HERE = Path(__file__).parent
WRITTEN = ("data", "feeds", "truth")

# in order of dependency
PLAN = (
    "folders",
    "products",
    "teams",
    "people",
    "customers",
    "objectives",
    "key_results",
    "archetypes",
    "initiatives",
    "releases",
    "deliverables",
    "grouped_deliverables",
    "items",
    "item_changes",
    "started_items",
    "hours",
    "rates",
    "accounts",
    "ledger",
    "cost_entries",
    "direct_costs",
    "approvals",
    "benefits",
    "product_months",
    "product_days",
    "usage",
    "team_answers",
    "customer_answers",
    "tickets",
    "checkins",
    "links",
    "rituals",
    "experiments",
    "decisions",
    "recognitions",
    "initiative_reports",
    "budgets",
)
# written as Parquet; the others are CSV, which people can read and compare
PARQUET = {"issues", "issue_changes", "time_entries", "journal", "survey_answers", "support_tickets", "usage_daily"}
PARQUET_TRUTH = {"ledger"}


@dataclass(frozen=True)
class Generated:
    """What was written: the number of rows of each raw file over all folders, and the folders' days."""

    folder: Path
    days: tuple[date, ...]
    rows: dict[str, int]


def sizes(scale: float) -> dict[str, int]:
    """The number of each kind of entity at a scale, with a minimum so that every status occurs.

    Raises ValueError for a scale that isn't above 0.
    """
    if not scale > 0:
        raise ValueError(f"the scale must be above 0, not {scale:g}")

    def of(one: int, least: int = 1) -> int:
        return max(least, round(one * scale))

    root = max(1.0, scale**0.5)  # a company a hundred times as large has ten times as many teams and products
    return {
        "initiatives": of(40, 20),
        "objective_blocks": of(1, 1),
        "deliverables": of(1_500, 60),
        "items": of(20_000, 800),
        "hours": of(200_000, 2_000),
        "ledger": of(150_000, 5_000),
        "answers": of(60_000, 3_000),
        "tickets": of(30_000, 300),
        "usage": of(1_000_000, 10_000),
        "customers": of(400, 40),
        "people": of(160, 48),
        "teams": 12 * round(root),
        "products": 6 * round(root),
    }


def generate(
    folder: Path, scale: float, seed: int, *, threads: int | None = None, memory_limit: str = "8GB"
) -> Generated:
    """Write the portfolio of a company into a folder, replacing an earlier generated one.

    The same scale and seed give the same rows in the same order, whatever `threads` is. Raises ValueError for a wrong
    scale, LandingError where the folder holds something that wasn't generated.
    """
    counts = sizes(scale)
    _make_room(folder)
    for name in WRITTEN:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in sorted((HERE / "portfolio").rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("<scale>", f"{scale:g}").replace("<seed>", str(seed))
            (folder / path.relative_to(HERE / "portfolio")).write_text(text, encoding="utf-8")
    rows: dict[str, int] = {}
    # beside the data: at larger scales the plan needs the same disk
    with TemporaryDirectory(prefix=".plan-", dir=folder) as scratch:
        connection = duckdb.connect(str(Path(scratch) / "plan.duckdb"))
        try:
            _prepare(connection, counts, seed, threads, memory_limit, Path(scratch))
            for name in PLAN:
                connection.execute(f"create table {name} as {_select('plan', name)}")
            days = [row[0] for row in connection.execute("select folder from folders order by folder").fetchall()]
            for day in days:
                connection.execute("set variable folder = ?::date", [day])
                (folder / "data" / str(day)).mkdir()
                for path in sorted((HERE / "feeds").glob("*.sql")):
                    written = _write(connection, "feeds", path.stem, folder / "data" / str(day), path.stem in PARQUET)
                    rows[path.stem] = rows.get(path.stem, 0) + written
            for path in sorted((HERE / "truth").glob("*.sql")):
                _write(connection, "truth", path.stem, folder / "truth", path.stem in PARQUET_TRUTH)
        finally:
            connection.close()
    return Generated(folder, tuple(days), rows)


def _make_room(folder: Path) -> None:
    """Remove what an earlier run wrote. Raises LandingError where the folder holds something else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    # `generated: true` alone isn't enough: someone may have made up data by hand
    signature = (HERE / "portfolio" / "portfolio.yml").read_text(encoding="utf-8").splitlines()[0]
    declared = folder / "portfolio.yml"
    if not (declared.is_file() and declared.read_text(encoding="utf-8").startswith(signature)):
        raise LandingError(
            "it contains files that weren't generated and would be overwritten.",
            str(folder),
            "name a new or empty folder, or one that this command wrote.",
        )
    for name in WRITTEN:
        shutil.rmtree(folder / name, ignore_errors=True)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    counts: dict[str, int],
    seed: int,
    threads: int | None,
    memory_limit: str,
    scratch: Path,
) -> None:
    """Settings, sizes as variables, and the macros that the plan uses."""
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set memory_limit = {literal(memory_limit)}")
    connection.execute(f"set temp_directory = {literal(scratch / 'spill')}")
    if threads is not None:
        connection.execute(f"set threads = {threads:d}")
    connection.execute("set variable seed = ?::bigint", [seed])
    for name, count in counts.items():
        connection.execute(f"set variable {name} = ?::bigint", [count])
    for statement in connection.extract_statements((HERE / "plan" / "macros.sql").read_text(encoding="utf-8")):
        connection.execute(statement)


def _select(part: str, name: str) -> str:
    return (HERE / part / f"{name}.sql").read_text(encoding="utf-8")


def _write(connection: duckdb.DuckDBPyConnection, part: str, name: str, folder: Path, as_parquet: bool) -> int:
    """Write one SELECT as a file; the number of rows."""
    target = folder / f"{name}.{'parquet' if as_parquet else 'csv'}"
    how = "format parquet, compression zstd" if as_parquet else "format csv, header true"
    row = connection.execute(f"copy ({_select(part, name)}) to {literal(target)} ({how})").fetchone()
    return int(row[0]) if row else 0
