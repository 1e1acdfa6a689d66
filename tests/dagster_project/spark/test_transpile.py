"""What a statement becomes for Spark, and what stops it. Nothing here needs Spark or Java."""

import pytest

from dagster_project.spark import SparkError
from dagster_project.spark.rules import RULES
from dagster_project.spark.tables import ddl, spark_type
from dagster_project.spark.transpile import to_spark
from dagster_project.spark.types import duckdb_schema

COLUMNS = {
    "id": "INTEGER", "word": "VARCHAR", "whole": "BIGINT", "wide": "HUGEINT", "amount": "DECIMAL(28,10)", "ratio": "DOUBLE",
    "day": "DATE", "moment": "TIMESTAMP", "words": "VARCHAR[]", "flag": "BOOLEAN",
}  # fmt: skip
SCHEMA = duckdb_schema({"stage": {"cases": {"t": COLUMNS, "tree": {"id": "INTEGER", "parent_id": "INTEGER"}}}})


def column(sql: str, dropped: str | None = None) -> str:
    """An expression over `t` in Spark's SQL, without quotes and the table's name."""
    found = to_spark(f"select {sql} as x from stage.cases.t", SCHEMA, "a statement", dropped)
    return found.replace("`", "").replace("t.", "").removeprefix("SELECT ").partition(" AS x FROM ")[0]


LATER = (
    "(CONVERT_TIMEZONE('Europe/Rome', 'UTC', (CAST(moment AS TIMESTAMP_NTZ) + INTERVAL '3' HOUR)) - INTERVAL '3' HOUR)"
)
EXPRESSIONS = {
    "unordered_sums": ("sum(ratio order by id)", "SUM(ratio)"),
    "hex_numbers": (
        "cast(concat('0x', word) as bigint)", "CAST(CONV(word, 16, 10) AS BIGINT)"),
    "ieee_division": (
        "amount / whole",
        "CASE WHEN CAST(whole AS DOUBLE) = 0 THEN CAST(amount AS DOUBLE) * CAST('Infinity' AS DOUBLE) "
        "ELSE TRY_DIVIDE(CAST(amount AS DOUBLE), CAST(whole AS DOUBLE)) END"),
    "remainders": ("wide % whole", "wide % NULLIF(whole, 0)"),
    "whole_quotients": (
        "divide(wide, whole)",
        "CAST((wide - (wide % NULLIF(whole, 0))) / NULLIF(whole, 0) AS DECIMAL(38, 0))"),
    "double_means": ("avg(amount)", "AVG(CAST(amount AS DOUBLE))"),
    "double_rounding": ("round(ratio, 2)", "(ROUND(ratio * 1e2D, 0) / 1e2D)"),
    "rounded_casts": ("cast(ratio as bigint)", "CAST(RINT(ratio) AS BIGINT)"),
    "double_to_decimal": (
        "cast(ratio as decimal(10, 2))",
        "CAST(CAST((CAST(ROUND(ratio * 1e2D, 0) AS BIGINT)) AS DECIMAL(38, 0)) * CAST('1e-2' AS DECIMAL(2, 2)) "
        "AS DECIMAL(10, 2))"),
    "iso_weekdays": ("extract(isodow from day)", "(WEEKDAY(day) + 1)"),
    "list_lengths": ("len(words)", "SIZE(words)"),
    "list_membership": (
        "list_contains(words, word)",
        "CASE WHEN NOT words IS NULL AND NOT word IS NULL THEN COALESCE(ARRAY_CONTAINS(words, word), FALSE) END"),
    "arg_max_of_known": ("arg_max(word, id)", "MAX_BY(word, id) FILTER(WHERE NOT word IS NULL)"),
    "any_known_value": (
        "any_value(word) filter (where flag)", "ANY_VALUE(word, TRUE) FILTER(WHERE flag)"),
    "elapsed_seconds": (
        "epoch(moment - moment)",
        "(CAST((UNIX_MICROS(CAST(moment AS TIMESTAMP_LTZ)) - UNIX_MICROS(CAST(moment AS TIMESTAMP_LTZ))) AS DOUBLE) / 1e6D)"),
    "days_apart": ("day - day", "CAST(DATEDIFF(day, day) AS BIGINT)"),
    "dates_and_intervals": ("day + interval 1 month", "CAST(day AS TIMESTAMP_NTZ) + INTERVAL '1' MONTH"),
    "truncated_moments": ("date_trunc('month', day)", "CAST(DATE_TRUNC('MONTH', day) AS TIMESTAMP_NTZ)"),
    "calendar_differences": (
        "datediff('day', moment, moment)",
        "CAST(DATEDIFF(CAST(moment AS DATE), CAST(moment AS DATE)) AS BIGINT)"),
    "read_dates": (
        "try_cast(word as date)",
        r"TRY_CAST(CASE WHEN REGEXP_LIKE(word, '^(\\s*\\d{4,6})([-/])(\\d{1,2})\\2(\\d{1,2})(\\D.*)?$') THEN "
        r"REGEXP_REPLACE(word, '^(\\s*\\d{4,6})([-/])(\\d{1,2})\\2(\\d{1,2})(\\D.*)?$', '$1-$3-$4') END AS DATE)"),
    "wall_clocks": (
        "timezone('UTC', timezone('Europe/Rome', moment))",
        f"CASE WHEN CONVERT_TIMEZONE('UTC', 'Europe/Rome', {LATER}) = CAST(moment AS TIMESTAMP_NTZ) THEN {LATER} "
        "ELSE CONVERT_TIMEZONE('Europe/Rome', 'UTC', CAST(moment AS TIMESTAMP_NTZ)) END"),
    "exact_percentiles": ("percentile_cont(0.5) within group (order by ratio)", "PERCENTILE(ratio, 0.5)"),
    "finite_numbers": ("isfinite(ratio)", "(NOT (ISNAN(ratio) OR ABS(ratio) = CAST('Infinity' AS DOUBLE)))"),
    "rows_as_structs": ("arg_max(id, row(whole, day))", "MAX_BY(id, STRUCT(whole, day)) FILTER(WHERE NOT id IS NULL)"),
    "declared_types": ("cast(whole as hugeint)", "CAST(whole AS DECIMAL(38, 0))"),
}  # fmt: skip
STATEMENTS = {
    "table_names": ("select id from stage.cases.t", "SELECT t.id AS id FROM cases__t AS t"),
    "by_name_unions": (
        "select id from stage.cases.t union all by name select id, parent_id from stage.cases.tree",
        "SELECT side.id, NULL AS parent_id FROM (SELECT t.id AS id FROM cases__t AS t) AS side UNION ALL "
        "SELECT tree.id AS id, tree.parent_id AS parent_id FROM cases__tree AS tree"),
    "qualified_rows": (
        "select id from stage.cases.t qualify row_number() over (order by day) = 1",
        "SELECT _rows.id FROM (SELECT t.id AS id, ROW_NUMBER() OVER (ORDER BY t.day NULLS LAST) = 1 AS _qualifies "
        "FROM cases__t AS t) AS _rows WHERE _rows._qualifies"),
    "recursive_sets": (
        "with recursive up as (select id from stage.cases.tree union select tree.parent_id from up "
        "join stage.cases.tree as tree on up.id = tree.id) select id from up",
        "WITH RECURSIVE up AS (SELECT tree.id AS id, ARRAY(NAMED_STRUCT('id', tree.id)) AS _path FROM cases__tree AS tree "
        "UNION ALL SELECT tree.parent_id AS parent_id, ARRAY_APPEND(up._path, NAMED_STRUCT('id', tree.parent_id)) AS _path "
        "FROM up AS up JOIN cases__tree AS tree ON up.id = tree.id "
        "WHERE NOT ARRAY_CONTAINS(up._path, NAMED_STRUCT('id', tree.parent_id))) "
        "SELECT up.id AS id FROM (SELECT DISTINCT id FROM up) AS up"),
    "series": (
        "select unnest(generate_series(1, whole)) as x from stage.cases.t",
        "SELECT _unnested._unnested_0 AS x FROM cases__t AS t LATERAL VIEW "
        "EXPLODE(CASE WHEN 1 <= t.whole THEN SEQUENCE(1, t.whole, 1) END) _unnested AS _unnested_0"),
    "unnested_columns": (
        "select unnest(words) as x, unnest([1]) as y from stage.cases.t",
        "SELECT _unnested._unnested_0 AS x, _unnested._unnested_1 AS y FROM cases__t AS t LATERAL VIEW "
        "INLINE(ARRAYS_ZIP(COALESCE(t.words, ARRAY()), COALESCE(ARRAY(1), ARRAY()))) _unnested AS _unnested_0, _unnested_1"),
}  # fmt: skip


def test_every_rule_has_a_before_and_an_after() -> None:
    assert [*EXPRESSIONS.keys() & STATEMENTS.keys()] == []
    assert EXPRESSIONS.keys() | STATEMENTS.keys() == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("rule", EXPRESSIONS)
def test_a_rule_changes_an_expression(rule: str) -> None:
    before, after = EXPRESSIONS[rule]

    assert column(before) == after
    assert column(before, dropped=rule) != after


@pytest.mark.parametrize("rule", STATEMENTS)
def test_a_rule_changes_a_statement(rule: str) -> None:
    before, after = STATEMENTS[rule]

    assert to_spark(before, SCHEMA, "a statement").replace("`", "") == after
    assert to_spark(before, SCHEMA, "a statement", dropped=rule).replace("`", "") != after


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("strftime(day, '%d')", None),
        ("jaccard(word, word)", "jaccard"),
        ("levenshtein(word, 'a')", "Levenshtein"),
        ("cast(ratio as varchar)", "the text of DOUBLE is written in another way"),
        ("cast(words as varchar)", "written in another way"),
        ("regexp_replace(word, 'a', 'b')", "DuckDB replaces the first match"),
        ("extract(week from day)", "the part week"),
        ("datediff('week', day, day)", "DateDiff"),
        ("divide(ratio, 2)", "no quotient of whole numbers"),
        ("round(mystery(id), 2)", "the type of MYSTERY"),
    ],
)
def test_what_is_not_known_to_be_the_same_stops_the_statement(sql: str, why: str | None) -> None:
    if why is None:
        assert column(sql)
        return
    with pytest.raises(SparkError, match="model x can't be translated for Spark") as raised:
        to_spark(f"select {sql} as x from stage.cases.t", SCHEMA, "model x")
    assert why in str(raised.value)
    assert "To fix:" in str(raised.value)


def test_a_sum_is_as_wide_as_on_duckdb() -> None:
    # a sum of whole numbers has 128 bits there, so that it is divided by its remainder
    assert "DECIMAL(38, 0)" in column("divide(sum(whole), 3)")


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("HUGEINT", "DECIMAL(38, 0)"),
        ("TIMESTAMP", "TIMESTAMP_NTZ"),
        ("DATE[][]", "ARRAY<ARRAY<DATE>>"),
        ("VARCHAR", "STRING"),
    ],
)
def test_types_of_both_engines(duckdb: str, spark: str) -> None:
    assert spark_type(duckdb) == spark
    assert ddl({"a b": duckdb}) == f"`a b` {spark}"
