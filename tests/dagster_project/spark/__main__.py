"""Hold a portfolio's models and metrics on Spark against those on DuckDB:

    .spark/bin/python -m tests.dagster_project.spark PORTFOLIO [setting=value …]

It ends with 1 where anything differs, and names it.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dagster_project import measure, model_runner
from dagster_project.spark.session import opened
from sources.common.limits import of_machine
from tests.dagster_project.spark.sides import both_sides, built_on_duckdb


def main(portfolio: Path, *settings: str) -> int:
    """Print what differs; 1 where anything does."""
    given = dict(setting.split("=", 1) for setting in settings)
    with TemporaryDirectory() as name:
        folder = Path(name)
        build = built_on_duckdb(portfolio.resolve(), folder / "homes")
        with (
            opened(None, of_machine().part(of=2), folder / "spill", given) as session,
            both_sides(session, build, folder) as sides,
        ):
            found = sides.of_models(model_runner.models().values()) | sides.of_metrics(measure.compile_project())
            [rows] = sides.connection.execute(
                "select sum(estimated_size) from duckdb_tables() where schema_name <> 'landing'"
            ).fetchone() or (0,)
    for what, difference in found.items():
        print(f"{what}: {difference}")
    print(
        f"{len(model_runner.models())} models and {len(measure.compile_project())} statements of metrics, {rows:,} rows: {len(found)} differ"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
