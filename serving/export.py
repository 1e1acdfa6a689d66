"""The tables of a version as Parquet, for tools without a DuckDB driver: `parquet/<schema>/<table>/part-0.parquet`."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from serving import copying
from serving.errors import PublishError
from sources.common.contents import Sum, checksum
from sources.common.sql import literal, qualified

PARQUET = "parquet"
PART = "part-0.parquet"


def part(folder: Path, table: str) -> Path:
    """The Parquet file of the table `schema.table` of the version in `folder`."""
    schema, _, name = table.partition(".")
    return folder / PARQUET / schema / name / PART


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write each table of the attached `candidate` below `folder`. Raises OSError or duckdb.Error."""
    for table in copying.tables(connection, "candidate"):
        path = part(folder, table)
        path.parent.mkdir(parents=True)
        connection.execute(f"copy candidate.{qualified(table)} to {literal(path)} (format parquet, compression zstd)")


def recheck_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, sums: Mapping[str, Sum]) -> None:
    """Read what was written and compare rows and checksum of each table with those of the database, `sums`.

    Raises PublishError that names the first table that differs, OSError or duckdb.Error.
    """
    columns = copying.column_names(connection, "candidate")
    for table, expected in sums.items():
        path = part(folder, table)
        found = checksum(connection, f"read_parquet({literal(path)}, hive_partitioning = false)", columns[table])
        if found != expected:
            raise PublishError(
                f"its Parquet file holds {found.rows} rows ({found.checksum}), the table {expected.rows} "
                f"({expected.checksum}).",
                table,
                "check the disk, then run `outcomes refresh`; the served version is unchanged. If a column's type has "
                "no equivalent in Parquet (such as hugeint), change it in its model.",
            )
