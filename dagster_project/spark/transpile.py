"""A compiled DuckDB statement as a Spark statement that gives the same rows."""

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from dagster_project.spark import SparkError, types
from dagster_project.spark.allowed import refuse_unknown
from dagster_project.spark.rules import RULES
from dagster_project.spark.types import Node


def to_spark(sql: str | Node, schema: MappingSchema, name: str, dropped: str | None = None) -> str:
    """`sql` for Spark; `schema` holds the types of the tables that it reads (`types.duckdb_schema`).

    `name` is what errors call the statement; `dropped` names a rule to leave out, for its test. Raises SparkError.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb") if isinstance(sql, str) else sql
        tree = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, quote_identifiers=True)
        types.annotate(tree, schema)
        for rule in RULES:
            if rule.__name__ != dropped:
                rule(tree)
        if dropped is None:
            refuse_unknown(tree)
        return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    except (SqlglotError, SparkError) as error:
        raise SparkError(
            f"{name} can't be translated for Spark: {' '.join(str(error).split())[:300]}. To fix: write it with what "
            "dagster_project/spark/allowed.py lists, or add a rule to rules.py beside it."
        ) from error
