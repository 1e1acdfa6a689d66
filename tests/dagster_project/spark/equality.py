"""Hold the rows of a statement on Spark against those on DuckDB."""

from pathlib import Path

import duckdb

from sources.common.sql import identifier, literal

RELATIVE = 1e-9
ABSOLUTE = 1e-12  # of doubles that cancel out


def rows_of(spark_files: Path | str) -> str:
    """The rows of Parquet files that Spark wrote, as a query."""
    return f"select * from read_parquet({literal(f'{spark_files}/**/*.parquet')})"


def differences(connection: duckdb.DuckDBPyConnection, duckdb_sql: str, spark_sql: str, shown: int = 3) -> str | None:
    """What differs between a query of DuckDB's rows and one of Spark's; None where nothing does.

    Names, order and types of columns, and rows both ways by EXCEPT ALL: exactly, but for doubles.
    """
    ours, theirs = (
        {n: t.replace("HUGEINT", "DECIMAL(38,0)") for n, t, *_ in connection.execute(f"describe ({sql})").fetchall()}
        for sql in (duckdb_sql, spark_sql)
    )
    if list(ours.items()) != list(theirs.items()):
        return f"columns {[pair for pair in theirs.items() if pair not in ours.items()]} for {[p for p in ours.items() if p not in theirs.items()]}"
    connection.execute(f"create or replace temp table ours as {duckdb_sql}")
    connection.execute(f"create or replace temp table theirs as {spark_sql}")
    doubles = [name for name, kind in ours.items() if kind == "DOUBLE"]
    missing, extra = (
        connection.execute(f"select count(*) from (from {a} except all from {b})").fetchone()[0]
        for a, b in (("ours", "theirs"), ("theirs", "ours"))
    )
    if not missing and not extra:
        return None
    if doubles and missing == extra and _are_close(connection, list(ours), doubles, missing):
        return None
    samples = [
        connection.execute(f"from {a} except all from {b} order by all limit {shown}").fetchall()
        for a, b in (("ours", "theirs"), ("theirs", "ours"))
    ]
    return f"{missing} rows are missing, {extra} are extra: {samples[0]} for {samples[1]}"


def _are_close(connection: duckdb.DuckDBPyConnection, columns: list[str], doubles: list[str], rows: int) -> bool:
    """Whether the rows that differ do so in the last digits of their doubles alone.

    Rows of the same exact columns are paired in the order of their doubles.
    """
    exact = [identifier(name) for name in columns if name not in doubles]
    floats = [identifier(name) for name in doubles]
    order = ", ".join(f"round({name}, 6) nulls first, {name} nulls first" for name in floats)
    for name, other in (("ours", "theirs"), ("theirs", "ours")):
        connection.execute(
            f"""create or replace temp table only_{name} as
            select *, row_number() over ({f"partition by {', '.join(exact)}" if exact else ""} order by {order}) as place
            from (from {name} except all from {other})"""
        )
    same = " and ".join([f"a.{name} is not distinct from b.{name}" for name in exact] + ["a.place = b.place"])
    close = " and ".join(
        f"(a.{name} is not distinct from b.{name} or abs(a.{name} - b.{name}) <= greatest({ABSOLUTE}, "
        f"{RELATIVE} * greatest(abs(a.{name}), abs(b.{name}))))"
        for name in floats
    )
    [paired] = connection.execute(
        f"select count(*) from only_ours as a join only_theirs as b on {same} where {close}"
    ).fetchone()
    return paired == rows
