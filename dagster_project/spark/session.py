"""A Spark session whose settings give DuckDB's answers: a local one, or one of a server by Spark Connect."""

import logging
import shutil
import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.version import Version

from dagster_project.spark import SparkError
from sources.common.limits import Limits

OLDEST = Version("4.2")  # recursive queries, convert_timezone of moments without zone
# what answers depend on, each with the reason; every one of them can be set while a session runs
SETTINGS: Mapping[str, str] = {
    # a number that doesn't fit is an error, not NULL; a decimal's text has no exponent
    "spark.sql.ansi.enabled": "true",
    # moments without zone are turned into moments with one, to take them apart
    "spark.sql.session.timeZone": "UTC",
    # decimal * decimal keeps every digit or fails; by default it loses some
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # a parent's chain may be longer than 100, and have more than a million rows
    "spark.sql.cteRecursionLevelLimit": "10000",
    "spark.sql.cteRecursionRowLimit": "-1",
    # removes an alias that another part of the plan still names: statements fail
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
    # days before 1582 as they are
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}


def open_session(remote: str | None, limits: Limits, scratch: Path) -> Any:
    """A session with `SETTINGS`: of the server at `remote` (`sc://host:port`), else in a JVM of this process.

    A local one has the limits' memory and CPUs, and spills to `scratch`. Raises SparkError.
    """
    refuse_unready(remote)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of its own functions of pandas, which nothing here uses
        builder: Any = import_module("pyspark.sql").SparkSession.builder.appName("outcomes")
    if remote is not None:
        builder = builder.remote(remote)
    else:
        for name, value in _local(limits, scratch).items():
            builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        if remote is None:
            session.sparkContext.setLogLevel("OFF")
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # the error is raised, too
        configure(session)
    except SparkError:
        raise
    except Exception as error:  # of py4j, gRPC or the JVM, whatever went wrong first
        where = f"Spark at {remote}" if remote else "a local Spark session"
        raise SparkError(
            f"{where} can't be opened: {short(error)}. To fix: check spark: in portfolio.yml, and that the server runs "
            "(outcomes doctor)."
        ) from error
    return session


def configure(session: Any, settings: Mapping[str, str] = SETTINGS) -> None:
    """Set what answers depend on, and check that it holds. Raises SparkError."""
    for name, value in settings.items():
        session.conf.set(name, value)
    if wrong := [name for name, value in settings.items() if session.conf.get(name) != value]:
        raise SparkError(f"the Spark session doesn't take {', '.join(wrong)}. To fix: allow them on the server.")


def refuse_unready(remote: str | None) -> None:
    """Raise SparkError where PySpark is missing or too old, or a local session has no Java."""
    try:
        found = Version(version("pyspark"))
    except PackageNotFoundError as error:
        raise SparkError(
            "engine: spark needs PySpark, which isn't installed. To fix: pip install 'outcome-warehouse[spark]'"
        ) from error
    if found < OLDEST:
        raise SparkError(f"PySpark {found} is too old. To fix: install {OLDEST} or later.")
    if remote is None and shutil.which("java") is None:
        raise SparkError(
            "a local Spark session needs Java 17 or later, and there is no `java`. To fix: install a JRE (Debian: "
            "apt-get install openjdk-17-jre-headless), or name a server: spark: {remote: sc://host:15002}"
        )


def short(error: object) -> str:
    """An error of Spark in one line, without its stack."""
    text = str(error).split("JVM stacktrace:")[0].split("\n\tat ")[0]
    return " ".join(text.split())[:600]


def _local(limits: Limits, scratch: Path) -> dict[str, str]:
    return {
        "spark.master": f"local[{limits.threads}]",
        "spark.driver.memory": f"{limits.memory // (1 << 20)}m",
        "spark.local.dir": str(scratch),
        "spark.sql.shuffle.partitions": str(2 * limits.threads),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
