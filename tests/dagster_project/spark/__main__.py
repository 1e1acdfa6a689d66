"""Hold a portfolio's models and metrics on Spark against those on DuckDB:

    .spark/bin/python -m tests.dagster_project.spark PORTFOLIO [--partitions 1 7] [--adaptive true false] [setting=value …]
    .spark/bin/python -m tests.dagster_project.spark PORTFOLIO --published

Every model and every statement of a metric is run for each number of shuffle partitions, with adaptive execution on,
off or both; other settings are the session's. With --published nothing is run: all tables of the portfolio's last two
versions are compared, one of each engine. It ends with 1 where anything differs, and names it.
"""

import sys
from argparse import ArgumentParser
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from dagster_project import measure, model_runner
from dagster_project.settings import workspace
from dagster_project.spark.session import opened
from serving import versions
from sources.common.limits import of_machine
from tests.dagster_project.spark.sides import both_sides, built_on_duckdb, of_versions

PARTITIONS, ADAPTIVE = "spark.sql.shuffle.partitions", "spark.sql.adaptive.enabled"


def main() -> int:
    """Print what differs; 1 where anything does."""
    parser = ArgumentParser(description="Hold a portfolio's models and metrics on Spark against those on DuckDB.")
    parser.add_argument("portfolio", type=Path, help="folder of a portfolio")
    parser.add_argument("settings", nargs="*", help="settings of the Spark session, as name=value")
    parser.add_argument("--partitions", nargs="+", default=["4"], help="numbers of shuffle partitions")
    parser.add_argument("--adaptive", nargs="+", default=["true"], choices=["true", "false"], help="adaptive execution")
    parser.add_argument("--published", action="store_true", help="compare the last two published versions")
    given = parser.parse_args()
    if given.published:
        return published(given.portfolio)
    models, compiled = model_runner.models().values(), measure.compile_project()
    failed = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        build = built_on_duckdb(given.portfolio.resolve(), folder / "homes")
        settings = dict(setting.split("=", 1) for setting in given.settings)
        with (
            opened(None, of_machine().part(of=2), folder / "spill", settings) as session,
            both_sides(session, build, folder) as sides,
        ):
            [rows] = sides.connection.execute(
                "select sum(estimated_size) from duckdb_tables() where schema_name <> 'landing'"
            ).fetchone() or (0,)
            for partitions, adaptive in product(given.partitions, given.adaptive):
                session.conf.set(PARTITIONS, partitions)
                session.conf.set(ADAPTIVE, adaptive)
                found = sides.of_models(models) | sides.of_metrics(compiled)
                for what, difference in found.items():
                    print(f"{what}: {difference}")
                print(
                    f"{partitions} shuffle partitions, adaptive execution {adaptive}: {len(models)} models and "
                    f"{len(compiled)} statements of metrics, {rows:,} rows: {len(found)} differ",
                    flush=True,
                )
                failed += bool(found)
    return int(failed > 0)


def published(portfolio: Path) -> int:
    """Print what differs between the last two versions."""
    second, first, *_ = versions.list_versions(workspace(portfolio).home)
    found, rows = of_versions(first.database, second.database)
    for what, difference in found.items():
        print(f"{what}: {difference}")
    made = [version.manifest["engine"] for version in (first, second)]
    print(f"{first.version} by {made[0]}, {second.version} by {made[1]}, {rows:,} rows: {len(found)} tables differ")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
