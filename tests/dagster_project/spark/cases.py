"""Small statements, each with what one rule or one setting of Spark is for.

They read `t`, rows with NULL in every column, ties, zeros, halves and the ends of ranges, and `tree`, whose parents form
a cycle. Each is run on DuckDB and on Spark, and again on Spark without its rule or setting.
"""

from dataclasses import dataclass

T = """
    create schema cases;
    create table cases.t as
    select * from (values
        (1, 'a', 7::bigint, 70::hugeint, 1.5::decimal(28, 10), 2.5::double, date '2024-01-31', timestamp '2024-03-31 02:30:00.25', ['a', 'b'], true),
        (2, 'b', -7, 9223372036854775808, 2.5, 1.005, date '2024-02-29', timestamp '2024-10-27 02:30:00', ['b', null], true),
        (3, 'B', 0, 9999999, -2.5, 0, date '9999-12-31', timestamp '9999-12-31 00:00:00', [], false),
        (4, '2024', 2, -10, 0, -0.5, date '0001-01-01', timestamp '2024-11-03 00:30:00', null, false),
        (5, '2024/3/5', 9, 3, 123456789.1234567891, 'nan', date '2023-12-31', timestamp '2024-12-30 23:59:59.999999', ['c'], null),
        (6, '2024-03-05', null, null, 0.0000000001, 'infinity', null, null, ['b', 'a', 'a'], true),
        (7, null, 9, 1, null, null, date '2024-12-30', timestamp '2024-01-01', [null], false)
    ) as rows(id, word, whole, wide, amount, ratio, day, moment, words, flag);
    create table cases.tree as
    select * from (values (1, 3), (2, 1), (3, 2), (4, 2), (5, 4), (6, null)) as rows(id, parent_id);
    create table cases.chain as select i as id, i - 1 as parent_id from range(1, 151) as r(i)
"""


@dataclass(frozen=True)
class Case:
    """A statement, and the rule or setting without which Spark fails or answers otherwise."""

    needs: str
    sql: str

    def __str__(self) -> str:
        """The name of its test."""
        return self.needs.rsplit(".", 1)[-1]


RULE_CASES = (
    Case("table_names", "select id from stage.cases.t"),
    Case(
        "by_name_unions",
        "select id, word from stage.cases.t union all by name select whole, id + 10 as id from stage.cases.t",
    ),
    Case(
        "qualified_rows",
        """select rows.id, tree.parent_id from stage.cases.t as rows
        inner join stage.cases.tree as tree on rows.id = tree.parent_id
        qualify tree.id > 2 and row_number() over (partition by rows.flag order by rows.day, tree.id desc) = 1""",
    ),
    Case(
        "recursive_sets",
        """with recursive branches as (
            select id, id as member_id from stage.cases.tree
            union
            select branches.id, tree.id as member_id from branches
            inner join stage.cases.tree as tree on branches.member_id = tree.parent_id
        ) select * from branches""",
    ),
    Case("unordered_sums", "select flag, sum(amount::double order by id) as total from stage.cases.t group by flag"),
    Case(
        "hex_numbers",
        "select cast(concat('0x', substr(md5(concat(word, '|')), 1, 15)) as bigint) as key from stage.cases.t",
    ),
    Case(
        "ieee_division",
        "select id, ratio / whole as a, amount / whole as b, amount / 3 as c, 1 / 2 as d, whole / nullif(whole, 0) as e from stage.cases.t",
    ),
    Case("remainders", "select id, 7 % whole as a, whole % 4 as b, wide % whole as c from stage.cases.t"),
    Case(
        "whole_quotients",
        """select id, divide(whole, 2) as a, divide(7, whole) as b, divide(wide * 9999999, 10000000) as c,
        divide(wide, whole) as d from stage.cases.t""",
    ),
    Case("double_means", "select avg(amount) as a, avg(whole) as b from stage.cases.t where id < 7"),
    Case(
        "double_rounding",
        "select id, round(ratio, 2) as a, round(ratio * 0.335e0, 1) as b, round(1.005e0 * id, 2) as c, round(amount, 1) as d from stage.cases.t",
    ),
    Case(
        "rounded_casts",
        "select id, cast(ratio as integer) as a, cast(amount as bigint) as b, cast(amount * 3 as hugeint) as c from stage.cases.t where id <= 4",
    ),
    Case(
        "double_to_decimal",
        """select id, cast(1.005e0 * id as decimal(10, 2)) as a, cast(0.1e0 * id as decimal(38, 24)) as b,
        cast(1234567.1e0 * id as decimal(28, 4)) as c, cast(-0.5e0 * id as decimal(18, 0)) as d,
        cast(-178.0732e0 * 0.860253631683e0 * id as decimal(38, 16)) as e from stage.cases.t""",
    ),
    Case("iso_weekdays", "select id, extract(isodow from day) as a from stage.cases.t"),
    Case("list_lengths", "select id, len(words) as a from stage.cases.t"),
    Case(
        "list_membership",
        "select id, list_contains(words, 'a') as a, list_contains(words, word) as b from stage.cases.t",
    ),
    Case(
        "arg_max_of_known",
        """select flag, arg_max(whole, id) as a, arg_min(amount, row(-id, word)) filter (where id > 2) as b
        from stage.cases.t group by flag""",
    ),
    Case(
        "any_known_value",
        "select flag, any_value(word) filter (where id > 5) as a from stage.cases.t where id in (1, 3, 6, 7) group by flag",
    ),
    Case(
        "elapsed_seconds",
        "select id, epoch(moment - timestamp '2024-01-01') as a, epoch(moment) as b from stage.cases.t",
    ),
    Case("days_apart", "select id, day - date '2024-01-01' as a from stage.cases.t"),
    Case(
        "dates_and_intervals",
        "select id, day + interval 1 month as a, day - interval 1 day as b from stage.cases.t where id <> 3",
    ),
    Case(
        "truncated_moments",
        "select id, date_trunc('month', moment) as a, date_trunc('week', day) as b, date_trunc('quarter', day) as c from stage.cases.t where id <> 4",
    ),
    Case(
        "calendar_differences",
        """select id, datediff('month', day, date '2024-03-01') as a, datediff('day', moment, timestamp '2024-03-31') as b,
        datediff('year', day, date '2024-03-01') as c, datediff('quarter', day, date '2024-03-01') as d from stage.cases.t""",
    ),
    Case("read_dates", "select id, try_cast(word as date) as a from stage.cases.t"),
    Case(
        "wall_clocks",
        """select id, timezone('Europe/Berlin', timezone('UTC', moment)) as a, timezone('UTC', timezone('Europe/Berlin', moment)) as b,
        timezone('UTC', timezone('America/Havana', moment)) as c from stage.cases.t""",
    ),
    Case(
        "exact_percentiles",
        """select percentile_cont(0.3) within group (order by whole) as a, quantile_disc(whole, 0.5) as b,
        percentile_cont(0.9) within group (order by ratio) as c from stage.cases.t where id in (1, 2, 3, 4, 7)""",
    ),
    Case("series", "select id, unnest(generate_series(1, whole)) as a from stage.cases.t"),
    Case(
        "unnested_columns",
        "select id, 'x' || unnest(words) as a, unnest(words) as b, unnest([1, 2]) as c from stage.cases.t",
    ),
    Case("finite_numbers", "select id, isfinite(ratio) as a from stage.cases.t"),
    Case(
        "rows_as_structs",
        "select flag, arg_max(id, row(whole, amount)) as a from stage.cases.t where id <> 6 and id <> 7 group by flag",
    ),
    Case("declared_types", "select id, cast(day as timestamp) as a, cast(whole as hugeint) as b from stage.cases.t"),
)
SETTING_CASES = (
    Case("spark.sql.ansi.enabled", "select id, cast(amount as varchar) as a from stage.cases.t"),
    Case("spark.sql.session.timeZone", "select id, epoch(moment - timestamp '2024-01-01') as a from stage.cases.t"),
    Case(
        "spark.sql.decimalOperations.allowPrecisionLoss",
        "select id, amount * cast(1.1234567891 as decimal(18, 10)) as a from stage.cases.t",
    ),
    Case(
        "spark.sql.cteRecursionLevelLimit",
        """with recursive links as (
            select id, parent_id from stage.cases.chain where parent_id = 0
            union all
            select chain.id, links.parent_id from links inner join stage.cases.chain as chain on chain.parent_id = links.id
        ) select * from links""",
    ),
    Case(
        "spark.sql.cteRecursionRowLimit",
        """with recursive links as (
            select id, parent_id from stage.cases.chain where parent_id = 0
            union all
            select chain.id, links.parent_id from links inner join stage.cases.chain as chain on chain.parent_id = links.id
        ) select * from links""",
    ),
    Case("spark.sql.parquet.datetimeRebaseModeInRead", "select id, day from stage.cases.t"),
    Case("spark.sql.parquet.datetimeRebaseModeInWrite", "select 1 as id, cast('0001-01-01' as date) as day"),
)
# Spark's default; of the last three, what an administrator may have set
OTHERWISE = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "America/New_York",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.cteRecursionLevelLimit": "100",
    "spark.sql.cteRecursionRowLimit": "100",
    "spark.sql.parquet.datetimeRebaseModeInRead": "LEGACY",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "LEGACY",
}
