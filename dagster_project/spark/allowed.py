"""What a statement may consist of when it goes to Spark: nodes and functions that mean the same there.

A rule has replaced what doesn't by then. Anything that is not listed stops the statement: that it runs on Spark proves
nothing. Before something is added, its answers on NULL, NaN, ties, empty input and the ends of its range are compared
on both engines, by a case in `tests/dagster_project/spark/cases.py`.
"""

from sqlglot import exp

from dagster_project.spark import SparkError
from dagster_project.spark.types import WHOLE, Kind, Node, kind

# the frame of a query: names, joins, grouping, order (sqlglot writes where NULL sorts), set operations, windows
QUERY = """
    Alias Boolean CTE Column DataType DataTypeParam Distinct Dot Filter From Group Having Identifier IgnoreNulls In
    Join Lambda Lateral Literal Null Order Ordered Paren PropertyEQ Select Star Subquery Table TableAlias Tuple
    Union Values Var Where Window WindowSpec With WithinGroup
"""
OPERATORS = """
    Add And Between Bracket Case Cast DPipe Div EQ GT GTE If Interval Is LT LTE Mod Mul NEQ Neg Not NullSafeEQ
    NullSafeNEQ Or Sub TryCast IntDiv
"""
# as sqlglot reads them; Spark's are called the same or translated one to one
FUNCTIONS = """
    Abs ArgMax ArgMin Array ArrayAppend ArrayDistinct ArrayFilter Avg Coalesce Concat ConcatWs Count Exists Exp
    Extract Floor Greatest Lag Lead Least LogicalAnd LogicalOr Lower MD5 Max Median Min Nullif Pi Pow RegexpReplace
    RegrIntercept Replace Round RowNumber SplitPart Sqrt StartsWith Struct Substring Sum TimeToStr Trim Variance
"""
# Spark's own, which rules put in
CALLS = """
    abs any_value array_append array_contains arrays_zip conv convert_timezone date_trunc datediff
    explode floor inline isnan month named_struct percentile percentile_disc quarter
    regexp_like regexp_replace rint round sequence size struct try_divide unix_micros weekday year
"""
_NODES = frozenset(f"{QUERY} {OPERATORS} {FUNCTIONS}".split())
_CALLS = frozenset(CALLS.split())
_PARTS = frozenset({"year", "quarter", "month", "day"})  # of extract


def refuse_unknown(tree: Node) -> None:
    """Raise SparkError at the first part of a translated statement that isn't known to mean the same on Spark."""
    for node in tree.walk():
        is_call = isinstance(node, exp.Anonymous)
        if (node.name.lower() not in _CALLS) if is_call else type(node).__name__ not in _NODES:
            raise SparkError(
                f"{_shown(node)} ({node.name if is_call else type(node).__name__}) is not on the allow-list"
            )
        if why := _differs(node):
            raise SparkError(f"{_shown(node)}: {why}")


def _differs(node: Node) -> str | None:
    """Why a node that is allowed means something else here."""
    if isinstance(node, exp.Cast) and node.to.this in exp.DataType.TEXT_TYPES:
        given = kind(node.this)
        if given not in {*_WRITTEN_ALIKE, *exp.DataType.TEXT_TYPES} and not isinstance(node.this, exp.Null):
            return f"the text of {given.value} is written in another way"
    if isinstance(node, exp.RegexpReplace) and "g" not in (node.args.get("modifiers") or exp.Literal.string("")).name:
        return "without 'g' DuckDB replaces the first match, Spark all"
    if isinstance(node, exp.Extract) and node.this.name.lower() not in _PARTS:
        return f"the part {node.this.name.lower()} is not known to be the same"
    return None


_WRITTEN_ALIKE = frozenset({*WHOLE, Kind.BOOLEAN, Kind.DATE, Kind.DECIMAL, Kind.TIMESTAMP, Kind.TIMESTAMPNTZ})


def _shown(node: Node) -> str:
    text = node.sql("duckdb")
    return text if len(text) <= 100 else f"{text[:100]}…"
