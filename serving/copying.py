"""Copy a build into a candidate file, and prove that the copy equals the build."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from serving.errors import PublishError
from sources.common.contents import Sum, checksum
from sources.common.limits import Limits, of_machine
from sources.common.sql import identifier, literal, qualified

# The oldest DuckDB driver that must read published files, as readers' drivers are often older than ours. A driver opens
# files of its own storage version or an older one; 1.0 fails on a primary key that a later DuckDB wrote.
OLDEST_DRIVER = "1.1.0"
STORAGE_VERSION = "v1.0.0"
PUBLISHED_SCHEMAS = ("core", "outcomes", "metrics")
REQUIRED_TABLES = ("metrics.dim_metric", "metrics.fct_metric_values", "outcomes.value_realization")
METRIC_VALUES = "metrics.fct_metric_values"
AUDIT_TABLE = "audit.fct_check_results"
WORKERS = 2  # tables that are copied or summed up at a time

AUDIT_COMMENT = (
    "One row per check and refresh: the result of the check. is_current marks the refresh that made this version."
)
# number of refreshes whose records a version holds; older record files are kept on disk
AUDIT_HISTORY = 100
# column: (type, comment); in the order of the audit records
AUDIT_COLUMNS: dict[str, tuple[str, str]] = {
    "refresh_id": ("varchar not null", "Refresh that ran the check; its ids sort by age"),
    "check_name": ("varchar not null", "Name of the check, unique within its suite"),
    "suite": ("varchar not null", "Where the check is defined: dbt, gx, recomputation, lock or landing"),
    "object_name": ("varchar", "Table, feed or metric that was checked"),
    "severity": (
        "varchar not null",
        "fail: a failure blocks publishing; warn: a failure is shown, and the version is published",
    ),
    "status": ("varchar not null", "passed, failed, warned, not_compared, missing or error"),
    "observed": ("varchar", "What the check found"),
    "expected": ("varchar", "What the check should have found"),
    "failing_rows": ("bigint", "Number of rows that failed the check; NULL if the check does not count rows"),
    "sample": ("varchar", "JSON list of at most five failing rows, without personal columns"),
    "rows_sql": (
        "varchar",
        "SELECT that showed the failing rows in the build; NULL where there is none, or no build of it",
    ),
    "metrics": (
        "varchar[]",
        "Metrics that a check that warned is about: those that its failing rows name, else those computed from what it "
        "looked at; empty if it did not warn",
    ),
    "checked_at": ("timestamp", "When the check ran (UTC)"),
    "is_current": ("boolean not null", "True for the refresh that made this version; false for earlier refreshes"),
}


def open_build(build: Path, spill: Path, limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the build attached read-only as `build`; big sorts spill below `spill`.

    By default it has the machine's limits.

    Raises duckdb.Error when the file is missing, torn or still open for writing.
    """
    connection = duckdb.connect(config={**(limits or of_machine()).config(), "temp_directory": str(spill)})
    connection.execute(f"attach {literal(build)} as build (read_only)")
    return connection


def check_build(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise PublishError if the build has a table that must not be published, or lacks one that must be."""
    found = _relations(connection, "build")
    for name, is_view in found.items():
        if name.split(".", 1)[0] not in PUBLISHED_SCHEMAS:
            raise PublishError(
                f"{name} is outside the published schemas ({', '.join(PUBLISHED_SCHEMAS)}).",
                "the build",
                "configure its model to be built in the stage database.",
            )
        if is_view:
            raise PublishError(f"{name} is a view; only tables are published.", "the build", "materialize it as table.")
    for name in REQUIRED_TABLES:
        if name not in found:
            raise PublishError(f"it has no table {name}.", "the build", "build all models: `outcomes refresh --full`.")


def copy_database(connection: duckdb.DuckDBPyConnection, candidate: Path) -> dict[str, Sum]:
    """Copy the attached `build` into the new file `candidate`, attached as `candidate`; the build's `sums`.

    `COPY FROM DATABASE` copies schemas and comments. The rows follow table by table: one statement leaves a core idle
    most of the time, so two tables are copied in parallel, the largest first, while the build's checksums are computed.
    Raises duckdb.Error.
    """
    connection.execute(f"attach {literal(candidate)} as candidate (storage_version {literal(STORAGE_VERSION)})")
    connection.execute("copy from database build to candidate (schema)")
    order = _largest_first(connection, "build")

    def copy(table: str) -> None:
        name = qualified(table)
        with connection.cursor() as own:
            own.execute(f"insert into candidate.{name} from build.{name}")

    with ThreadPoolExecutor(WORKERS) as pool:
        copied = pool.map(copy, order)
        summed = sums(connection, "build", pool)
        list(copied)
        return summed


def add_audit(connection: duckdb.DuckDBPyConnection, records: Path, refresh_id: str) -> None:
    """Create `audit.fct_check_results` in the candidate from a Parquet file of records, or a folder of such files.

    Raises duckdb.Error, also when two records name one check of one refresh.
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in AUDIT_COLUMNS.items())
    connection.execute("create schema if not exists candidate.audit")
    connection.execute(f"create table candidate.{AUDIT_TABLE} ({columns}, primary key (refresh_id, suite, check_name))")
    connection.execute(f"comment on table candidate.{AUDIT_TABLE} is {literal(AUDIT_COMMENT)}")
    for name, (_, comment) in AUDIT_COLUMNS.items():
        connection.execute(f"comment on column candidate.{AUDIT_TABLE}.{name} is {literal(comment)}")
    connection.execute(
        f"insert into candidate.{AUDIT_TABLE} {audit_select(records, refresh_id)} "
        "order by refresh_id, suite, check_name"
    )


def audit_select(records: Path, refresh_id: str) -> str:
    """SQL that reads the audit records in `records`, a file or a folder of them, typed as published.

    From a folder it reads the newest `AUDIT_HISTORY` files and that of the refresh `refresh_id`, whose records are the
    current ones. Earlier records have no SELECT, as their build no longer exists.
    """
    files = [records]
    if records.is_dir():
        files = sorted(records.glob("*.parquet"))
        files = [path for path in files[:-AUDIT_HISTORY] if path.stem == f"refresh={refresh_id}"] + files[
            -AUDIT_HISTORY:
        ]
    computed = {
        "is_current": f"refresh_id = {literal(refresh_id)}",
        "rows_sql": f"case when refresh_id = {literal(refresh_id)} then rows_sql end",
    }
    columns = ", ".join(
        f"({computed.get(name, name)})::{kind.split()[0]} as {name}" for name, (kind, _) in AUDIT_COLUMNS.items()
    )
    listed = ", ".join(map(literal, files))
    return f"select {columns} from read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def reopen(connection: duckdb.DuckDBPyConnection, candidate: Path) -> None:
    """Write the candidate out, close it, and attach it again to be read from its file only. Raises duckdb.Error."""
    connection.execute("checkpoint candidate")
    connection.execute("detach candidate")
    connection.execute(f"attach {literal(candidate)} as candidate (read_only)")


def sums(connection: duckdb.DuckDBPyConnection, database: str, pool: ThreadPoolExecutor) -> dict[str, Sum]:
    """Rows and checksum of each table of an attached database: {schema.table: Sum}. Raises duckdb.Error."""
    names, order = column_names(connection, database), _largest_first(connection, database)

    def sum_up(table: str) -> Sum:
        with connection.cursor() as own:
            return checksum(own, f"{database}.{qualified(table)}", names[table])

    return dict(sorted(zip(order, pool.map(sum_up, order), strict=True)))


def recheck(
    connection: duckdb.DuckDBPyConnection, records: Path, refresh_id: str, built: Mapping[str, Sum]
) -> dict[str, Sum]:
    """Compare the candidate with the build, whose `sums` are `built`, and the audit records; {table: Sum} of it.

    Raises PublishError that names the first table that is missing, extra, or differs in columns, comments, keys,
    rows or values.
    """
    wanted, found = tables(connection, "build"), tables(connection, "candidate")
    for table in sorted({*wanted, AUDIT_TABLE} ^ set(found)):
        raise _differs(table, "the table is not in both.")
    built_shapes, copied_shapes = shapes(connection, "build"), shapes(connection, "candidate")
    for table in wanted:
        if built_shapes[table] != copied_shapes[table]:
            raise _differs(table, "columns, comments or keys differ.")
    with ThreadPoolExecutor(WORKERS) as pool:
        copied = sums(connection, "candidate", pool)
    audited = checksum(connection, f"({audit_select(records, refresh_id)})", list(AUDIT_COLUMNS))
    for table in wanted:
        _same(table, built[table], copied[table])
    _same(AUDIT_TABLE, audited, copied[AUDIT_TABLE])
    return copied


def recheck_metrics(connection: duckdb.DuckDBPyConnection) -> dict[str, Sum]:
    """Compare each metric's values in candidate and build; returns {metric@version: Sum}.

    Raises PublishError that names the metric that differs.
    """
    built, copied = metric_sums(connection, "build"), metric_sums(connection, "candidate")
    for metric in sorted(built.keys() | copied.keys()):
        if built.get(metric) != copied.get(metric):
            raise _differs(METRIC_VALUES, f"the values of {metric} differ.")
    return copied


def metric_sums(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Sum]:
    """Rows and checksum of each metric version's values: {metric@version: Sum}."""
    columns = ", ".join(identifier(name) for name in column_names(connection, database)[METRIC_VALUES])
    rows = connection.execute(
        f"""
        with hashes as (
            select metric_name || '@' || metric_version as metric, hash({columns}) as row_hash
            from {database}.{METRIC_VALUES}
        )
        select metric, count(*), bit_xor(row_hash), sum(row_hash) from hashes group by metric order by metric
        """
    ).fetchall()
    return {metric: Sum.of_hashes(count, xor, total) for metric, count, xor, total in rows}


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The tables of an attached database as `schema.table`, sorted."""
    return sorted(name for name, is_view in _relations(connection, database).items() if not is_view)


def column_names(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """The columns of each table in their order: {schema.table: [column]}."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name, list(column_name order by column_index)
        from duckdb_columns() where database_name = ? group by all
        """,
        [database],
    ).fetchall()
    return dict(rows)


def shapes(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[tuple[str, ...]]]:
    """Each table's definition: {schema.table: its comment, columns and constraints}."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name as name, 'table', coalesce(comment, ''), '', '', ''
        from duckdb_tables() where database_name = $1
        union all
        select
            schema_name || '.' || table_name, 'column', column_index::varchar, column_name,
            data_type || if(is_nullable, '', ' not null'), coalesce(comment, '')
        from duckdb_columns() where database_name = $1
        union all
        select schema_name || '.' || table_name, 'key', constraint_text, '', '', ''
        from duckdb_constraints() where database_name = $1
        order by all
        """,
        [database],
    ).fetchall()
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, *parts in rows:
        found.setdefault(name, []).append(tuple(parts))
    return found


def _largest_first(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The tables of an attached database, by the number of their values."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name as name
        from duckdb_tables() where database_name = ? order by estimated_size * column_count desc, name
        """,
        [database],
    ).fetchall()
    return [name for (name,) in rows]


def _relations(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, bool]:
    """{schema.name: is it a view?}."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name, false from duckdb_tables() where database_name = $1
        union all
        select schema_name || '.' || view_name, true from duckdb_views() where database_name = $1 and not internal
        order by all
        """,
        [database],
    ).fetchall()
    return dict(rows)


def _same(table: str, built: Sum, copied: Sum) -> None:
    if built.rows != copied.rows:
        raise _differs(table, f"the build has {built.rows} rows, the copy {copied.rows}.")
    if built != copied:
        raise _differs(table, "the checksums differ.")


def _differs(table: str, what: str) -> PublishError:
    return PublishError(
        f"the copy differs from the audited build: {what}",
        table,
        "check the disk, then run `outcomes refresh`; the served version is unchanged.",
    )
