"""Build and measure on Apache Spark, from the same compiled SQL as DuckDB: `engine: spark` (docs/scale.md).

dbt and MetricFlow compile for DuckDB. `transpile` turns a compiled statement into Spark's SQL: sqlglot translates what
it knows, `rules` what means something else on Spark without any error, and `allowed` stops at everything else.
"""


class SparkError(Exception):
    """What Spark is asked for can't be done; the message says what, and what to do."""
