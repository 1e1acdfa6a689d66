"""A Spark session whose settings give DuckDB's answers: a local one, or one of a server by Spark Connect."""

import logging
import re
import shutil
import socket
import subprocess
import threading
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from packaging.version import Version

from dagster_project.spark import SparkError
from sources.common.limits import Limits

OLDEST_JAVA = 17
PORT, REACHED_IN = 15002, 10  # of Spark Connect; seconds
AGAIN = 1  # seconds until what runs is interrupted once more: between two of its jobs nothing is
OLDEST = Version("4.2")  # recursive queries, convert_timezone of moments without zone
JAVA_OPTIONS = "spark.driver.extraJavaOptions"
NONE: Mapping[str, str] = MappingProxyType({})
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


@contextmanager
def opened(remote: str | None, limits: Limits, scratch: Path, settings: Mapping[str, str] = NONE) -> Generator[Any]:
    """`open_session`, and its end; a session that this process has already is used, and stays open."""
    refuse_unready(remote)
    _silence()
    classes: Any = import_module("pyspark.sql").SparkSession
    kept = classes.getActiveSession() if remote is None else None
    session = kept or open_session(remote, limits, scratch, settings)
    try:
        if kept is not None:
            configure(session, {**settings, **SETTINGS})
        yield session
    finally:
        if kept is None:
            with suppress(Exception):  # it may be gone
                session.stop()


def open_session(remote: str | None, limits: Limits, scratch: Path, settings: Mapping[str, str] = NONE) -> Any:
    """A session with `SETTINGS`: of the server at `remote` (`sc://host:port`), else in a JVM of this process.

    A local one has the limits' memory and CPUs, and spills to `scratch`. `settings` are others of Spark, which can't
    replace `SETTINGS`. Raises SparkError.
    """
    refuse_unready(remote)
    if remote is not None:
        _refuse_unreachable(remote)
    _silence()
    builder: Any = import_module("pyspark.sql").SparkSession.builder.appName("outcomes")
    if remote is not None:
        builder = builder.remote(remote)
    for name, value in {**settings, **({} if remote else _local(limits, scratch, settings))}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        if remote is None:
            session.sparkContext.setLogLevel("OFF")
        configure(session)
    except SparkError:
        raise
    except Exception as error:  # of py4j, gRPC or the JVM, whatever went wrong first
        where = f"Spark at {shown(remote)}" if remote else "a local Spark session"
        raise SparkError(
            f"{where} can't be opened: {short(error)}. To fix: check spark: in portfolio.yml, and that the server runs "
            "(outcomes doctor)."
        ) from error
    return session


def java() -> str:
    """What the installed Java calls itself; empty where there is none."""
    if shutil.which("java") is None:
        return ""
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    return said.partition("\n")[0]


def unshared(session: Any, folder: Path) -> str | None:
    """Why Spark and this process don't see each other's files in a folder; None where they do."""
    given, written, words = folder / "given.txt", folder / "written", "outcomes"
    given.write_text(words)
    try:
        session.read.text(str(given)).write.text(str(written))
    except Exception as error:  # of py4j, gRPC or the JVM
        return short(error)
    if words not in (part.read_text().strip() for part in written.glob("*.txt")):
        return "what it writes there isn't found there"
    return None


def _silence() -> None:
    """Let PySpark and Py4J log no error: each is raised, too."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # of pandas, which nothing here uses
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "py4j", "pyspark"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_of_py4j)


def _is_not_of_py4j(record: logging.LogRecord) -> bool:
    return record.module != "java_gateway"  # which uses no logger of its own


def shown(remote: str) -> str:
    """The address of a server without its parameters, among which may be a token."""
    return remote.partition("/;")[0]


@contextmanager
def timed(session: Any, name: str, seconds: float) -> Generator[None]:
    """Interrupt what this thread runs on Spark after a time. Raises SparkError if that happened."""
    # the context's tags: those of a local session are known to the thread alone that added them
    jobs = getattr(session, "sparkContext", None)  # a server's session has none, and tags that every thread knows
    add, remove, interrupt = (
        (session.addTag, session.removeTag, session.interruptTag)
        if jobs is None
        else (jobs.addJobTag, jobs.removeJobTag, jobs.cancelJobsWithTag)
    )
    ended, ran_out = threading.Event(), threading.Event()

    def watch() -> None:
        wait = seconds
        while not ended.wait(wait):
            ran_out.set()
            wait = AGAIN
            with suppress(Exception):  # it may be gone
                interrupt(name)

    with told(f"model {name}"):
        add(name)
    threading.Thread(target=watch, daemon=True).start()
    long = f"model {name} ran for more than {seconds:,} seconds, the model_timeout of portfolio.yml"
    try:
        yield
    except SparkError as error:
        if ran_out.is_set() and "cancel" in str(error).lower():
            raise SparkError(long) from error
        raise
    else:
        if ran_out.is_set():  # it ended between two attempts to interrupt it
            raise SparkError(long)
    finally:
        ended.set()
        with suppress(Exception):  # it may be gone
            remove(name)


@contextmanager
def told(name: str) -> Generator[None]:
    """Whatever goes wrong on Spark as a SparkError that names the statement."""
    try:
        yield
    except SparkError as error:
        raise error if str(error).startswith(name) else SparkError(f"{name}: {error}") from error
    except Exception as error:  # of py4j, gRPC or the JVM, or of a connection to one that is gone
        raise SparkError(
            f"{name} could not be run on Spark: {short(error)}. To fix: outcomes doctor says whether Spark can be had; "
            "then refresh again, which builds from scratch."
        ) from error


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
    if remote is None and _java_major() < OLDEST_JAVA:
        raise SparkError(
            f"a local Spark session needs Java {OLDEST_JAVA} or later, and {java() or 'there is no `java`'}. To fix: "
            f"install a JRE (Debian: apt-get install openjdk-{OLDEST_JAVA}-jre-headless), or name a server: "
            "spark: {remote: sc://host:15002}"
        )


def _refuse_unreachable(remote: str) -> None:
    """Raise SparkError where nothing answers at an address: PySpark would try again for minutes."""
    parts = urlsplit(remote)
    try:
        socket.create_connection((parts.hostname, parts.port or PORT), timeout=REACHED_IN).close()
    except OSError as error:
        raise SparkError(
            f"Spark at {shown(remote)} doesn't answer: {error.strerror or error}. To fix: check spark: in "
            "portfolio.yml, and that the server runs (outcomes doctor)."
        ) from error


def _java_major() -> int:
    found = re.search(r'version "(\d+)', java())
    return int(found[1]) if found else 0


def short(error: object) -> str:
    """An error of Spark in one line without its stack, and what caused it first, such as a full disk."""
    text = str(error)
    said = " ".join(text.split("JVM stacktrace:", maxsplit=1)[0].split("\n\tat ", maxsplit=1)[0].split())[:400]
    causes = re.findall(r"^Caused by: (.+)$", text, re.MULTILINE)
    return f"{said}: {causes[-1][:200]}" if causes and causes[-1] not in said else said


def _local(limits: Limits, scratch: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings of a session in this process: others than these may be given, and more options of Java."""
    quiet = f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()}"
    usual = {
        "spark.master": f"local[{limits.threads}]",
        "spark.driver.memory": f"{limits.memory // (1 << 20)}m",
        "spark.local.dir": str(scratch),
        "spark.sql.shuffle.partitions": str(2 * limits.threads),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # plans and their measures are kept for a user interface that isn't there: some GB after all statements
        "spark.sql.ui.retainedExecutions": "1",
        "spark.ui.retainedJobs": "1",
        "spark.ui.retainedStages": "1",
    }
    # each of some nine hundred statements is compiled to classes of its own
    room = "-XX:ReservedCodeCacheSize=512m"
    options = " ".join(filter(None, (quiet, room, settings.get(JAVA_OPTIONS))))
    return {**usual, **settings, JAVA_OPTIONS: options}
