"""Great Expectations suites, declared in `suites/*.yml` and pushed down to DuckDB.

Checks of single rows (not null, unique, relationships, accepted values) are dbt tests. Here are checks of volume,
distribution, freshness, conservation and the range of metric values.
"""

import warnings
from functools import cache
from importlib import import_module, resources
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field

from expectations.database import open_build, sample_of
from expectations.records import NO_AUDIT, CheckRecord, Earlier, Severity, Status
from sources.common.contents import Contents
from sources.common.limits import Limits

UNEXPECTED_ROWS = "UnexpectedRowsExpectation"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Strict):
    """One expectation on one set of rows."""

    name: str = Field(pattern=r"^[a-z0-9_]+$", description="Name, unique among all suites")
    description: str = Field(description="The rule, in words")
    severity: Severity
    table: str = Field(description="Table that is checked, for example core.fct_ledger_entries")
    query: str | None = Field(default=None, description="SELECT of the rows to check; default: the whole table")
    key: list[str] = Field(default_factory=list[str], description="Columns that name a failing row")
    shown: str | None = Field(default=None, description="SELECT from `failing` of what a person is shown of those rows")
    expectation: str = Field(default=UNEXPECTED_ROWS, description="A class of great_expectations")
    kwargs: dict[str, Any]

    @property
    def rows(self) -> str:
        """The SELECT whose rows are checked."""
        rows = (self.query or f"select * from {self.table}").strip()
        return (
            rows if rows.startswith("select") else f"select * from (\n{rows}\n)"
        )  # the arguments of Great Expectations' classes


class _Suite(_Strict):
    table: str
    key: list[str] = Field(default_factory=list[str])
    checks: list[dict[str, Any]]


@cache
def load_checks() -> tuple[Check, ...]:
    """Every check of every suite, in file order. Raises ValueError where a name is used twice."""
    checks: list[Check] = []
    folder = resources.files("expectations") / "suites"
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".yml")), key=lambda p: p.name):
        suite = _Suite.model_validate(yaml.load(path.read_text(), Loader=yaml.CSafeLoader))
        given = ({"table": suite.table, "key": suite.key, **check} for check in suite.checks)
        checks += [Check.model_validate(_of_history(check) if "history" in check else check) for check in given]
    names = [check.name for check in checks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"expectations/suites declares {', '.join(twice)} twice; give each check its own name.")
    return tuple(checks)


# A value is expected within the range of the 12 values before it in its series, widened by twice their spread (1.4826
# times the median absolute deviation, which estimates a standard deviation), and by the leeway at least.
EARLIER, FEWEST = 12, 6
IS_USUAL = "is_usual"


def _of_history(check: dict[str, Any]) -> dict[str, Any]:
    """A check with a `history` instead of rows: a SELECT of its key columns, period, value and leeway.

    It checks each series' newest value; a series with too short a history has no row.
    """
    key, series = ", ".join(check["key"]), check["history"].strip()
    rows = f"""with
    series as (
{series}
    ),
    newest as (
        select
            *,
            list(value) over (
                partition by {key} order by period rows between {EARLIER} preceding and 1 preceding
            ) as earlier
        from series
        where value is not null
        qualify row_number() over (partition by {key} order by period desc) = 1
    ),
    spread as (
        select
            *,
            greatest(
                leeway, 2 * 1.4826 * list_median(list_transform(earlier, lambda v: abs(v - list_median(earlier))))
            ) as widened
        from newest
        where len(earlier) >= {FEWEST}
    )
select
    {key},
    period,
    value,
    list_min(earlier) - widened as usual_from,
    list_max(earlier) + widened as usual_to,
    value between usual_from and usual_to as {IS_USUAL}
from spread"""
    return {name: value for name, value in check.items() if name != "history"} | {
        "query": rows,
        "key": [*check["key"], "period", "value", "usual_from", "usual_to"],
        "expectation": "ExpectColumnValuesToBeInSet",
        "kwargs": {"column": IS_USUAL, "value_set": [True]},
    }


def prepare() -> None:
    """Import Great Expectations before the first check."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # which it imports where it finds it
    import great_expectations  # noqa: F401  # pyright: ignore[reportUnusedImport]


def run_suites(
    warehouse: Path,
    stage: Path,
    limits: Limits | None = None,
    earlier: Earlier = NO_AUDIT,
    contents: Contents | None = None,
) -> list[CheckRecord]:
    """Run every suite on a build, but for checks whose record is still valid. One record per check, in the order of
    `load_checks`. `contents`: what is known of those of the build."""
    with open_build(warehouse, stage, limits) as connection:
        contents = contents or Contents.of_build(connection)
        evidence = {check.name: contents.key(connection, _reads(check), earlier.code) for check in load_checks()}
        known = {name: earlier.of("gx", name, seen) for name, seen in evidence.items()}
        found = {name: record for name, record in known.items() if record is not None}
        new = [check for check in load_checks() if check.name not in found]
        source = _data_source(connection) if new else None
        for _, group in groupby(sorted(new, key=_looked_at), key=_looked_at):
            for name, record in _run(connection, source, list(group)).items():
                found[name] = record.model_copy(update={"evidence": evidence[name]})
    return [found[check.name] for check in load_checks()]


def _data_source(connection: duckdb.DuckDBPyConnection) -> Any:
    """A Great Expectations data source on an open DuckDB connection, without telemetry or storage.

    Great Expectations fetches results after it has closed the cursor's connection, so every cursor gets its own.
    """
    from duckdb_engine import ConnectionWrapper, CursorWrapper

    connection.execute("attach if not exists ':memory:' as batches (read_write)")
    great_expectations: Any = import_module("great_expectations")
    types: Any = import_module("great_expectations.data_context.types.base")

    class OwnCursors(ConnectionWrapper):
        def cursor(self) -> CursorWrapper:
            return CursorWrapper(connection.cursor(), self)

        def close(self) -> None:
            """The build's connection outlives Great Expectations."""

    config = types.DataContextConfig(
        store_backend_defaults=types.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars={"globally": False},
    )
    context = great_expectations.get_context(mode="ephemeral", project_config=config)
    return context.data_sources.add_sql(
        name="build",
        connection_string="duckdb:///:memory:",
        create_temp_table=False,
        kwargs={"creator": lambda: OwnCursors(connection)},
    )


def _reads(check: Check) -> str:
    """All SQL of a check, with what it expects."""
    return f"{check.rows}\n{check.kwargs}"


def _looked_at(check: Check) -> str:
    """What is the same for checks that can share a batch."""
    return failing_rows_sql(check) if check.expectation == UNEXPECTED_ROWS else check.rows


def _run(connection: duckdb.DuckDBPyConnection, source: Any, checks: list[Check]) -> dict[str, CheckRecord]:
    """The records of checks that look at the same rows, by check name.

    Great Expectations runs the query of its batch up to five times a check, so the batch is made before it looks.
    """
    great_expectations: Any = import_module("great_expectations")
    name, rows = checks[0].name, _looked_at(checks[0])
    suite = great_expectations.ExpectationSuite(name=name)
    columns: list[str] = []
    for check in checks:
        expectation, kwargs = getattr(great_expectations.expectations, check.expectation), check.kwargs
        columns += _columns(kwargs)
        if check.expectation == UNEXPECTED_ROWS:
            kwargs = {"unexpected_rows_query": "select * from {batch}"}
        suite.add_expectation(expectation(**kwargs, meta={"check": check.name}))
    try:
        connection.execute(
            f"create table batches.{name} as select {', '.join(dict.fromkeys(columns)) or '*'} from (\n{rows}\n)"
        )
        asset = source.add_query_asset(name=name, query=f"select * from batches.{name}")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        results = batch.validate(suite, result_format=_RESULT_FORMAT).results
        connection.execute(f"drop table batches.{name}")
    except Exception as error:
        return {check.name: _record(check, "error", observed=_short(error)) for check in checks}
    by_name = {result.expectation_config.meta["check"]: result for result in results}
    return {check.name: _judge(connection, check, by_name[check.name]) for check in checks}


def _columns(kwargs: dict[str, Any]) -> list[str]:
    """The columns that an expectation looks at."""
    return [value for name, value in kwargs.items() if name.startswith("column")]


_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


def _judge(connection: duckdb.DuckDBPyConnection, check: Check, result: Any) -> CheckRecord:
    found: dict[str, Any] = result.result or {}
    if not found:
        return _record(check, "error", observed=_short(_exception(result.exception_info)))
    count = found.get("unexpected_count", found.get("observed_value"))
    if "element_count" in found:
        count = count or 0  # Great Expectations counts nothing at all in an empty table
        observed = f"{count:,} of {found['element_count'] or 0:,} rows are not as expected"
    elif check.expectation == UNEXPECTED_ROWS:
        count = count or 0
        observed = f"{count:,} unexpected rows"
    else:
        observed = str(found.get("observed_value"))
        count = None
    if check.kwargs.get("column") == IS_USUAL and not found.get("element_count"):
        return _record(check, "not_compared", observed=f"no series with {FEWEST} values before its newest")
    if result.success:
        return _record(check, "passed", observed=observed, failing_rows=count)
    rows_sql = failing_rows_sql(check)
    if check.shown:
        rows_sql = f"with failing as (\n{rows_sql}\n)\n{check.shown.strip()}"
    return _record(
        check,
        "failed" if check.severity == "fail" else "warned",
        observed=observed,
        failing_rows=count,
        sample=sample_of(connection, rows_sql),
        rows_sql=rows_sql,
    )


def failing_rows_sql(check: Check) -> str:
    """A SELECT on warehouse and stage that shows the rows a check doesn't expect."""
    if check.expectation == UNEXPECTED_ROWS:
        return check.kwargs["unexpected_rows_query"].format(batch=f"(\n{check.rows}\n)").strip()
    unexpected = _UNEXPECTED.get(check.expectation)
    if unexpected is None:
        return check.rows
    columns = ", ".join(dict.fromkeys([*check.key, *_columns(check.kwargs)]))
    return f"select {columns}\nfrom (\n{check.rows}\n)\nwhere {unexpected(check.kwargs)}"


def _outside(kwargs: dict[str, Any]) -> str:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    below = [f"{kwargs['column']} {'<=' if kwargs.get('strict_min') else '<'} {low}"] if low is not None else []
    above = [f"{kwargs['column']} {'>=' if kwargs.get('strict_max') else '>'} {high}"] if high is not None else []
    return " or ".join(below + above)


def _not_in(kwargs: dict[str, Any]) -> str:
    values = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in kwargs["value_set"])
    return f"{kwargs['column']} not in ({values})"


def _not_above(kwargs: dict[str, Any]) -> str:
    sign = "<" if kwargs.get("or_equal") else "<="
    return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"


# Great Expectations' own query of the unexpected rows is no valid SQL over a query asset.
_UNEXPECTED = {
    "ExpectColumnValuesToBeBetween": _outside,
    "ExpectColumnValuesToBeInSet": _not_in,
    "ExpectColumnPairValuesAToBeGreaterThanB": _not_above,
}


def _record(
    check: Check,
    status: Status,
    *,
    observed: str,
    failing_rows: int | None = None,
    sample: str | None = None,
    rows_sql: str | None = None,
) -> CheckRecord:
    mostly: float | None = check.kwargs.get("mostly")
    return CheckRecord(
        check_name=check.name,
        suite="gx",
        object_name=check.table,
        severity=check.severity,
        status=status,
        observed=observed,
        expected=check.description + (f" (at least {mostly:.0%} of rows)" if mostly else ""),
        failing_rows=failing_rows,
        sample=sample,
        rows_sql=rows_sql,
    )


def _short(error: object) -> str:
    return " ".join(str(error).split())[:300]


def _exception(info: Any) -> str:
    """The message in Great Expectations' exception info, which is one dictionary or one a metric."""
    if not isinstance(info, dict):
        return str(info)
    parts = cast("dict[str, Any]", info)
    if "exception_message" in parts:
        return str(parts["exception_message"])
    return "; ".join(sorted({_exception(part) for part in parts.values()}))
