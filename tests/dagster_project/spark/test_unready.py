"""What `engine: spark` says where it can't run, in words and without a traceback. Nothing here needs Spark or Java."""

import socket
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from dagster_project.doctor import findings
from dagster_project.settings import PortfolioError, parse_portfolio
from dagster_project.spark import SparkError, session
from dagster_project.spark.session import refuse_unready, shown
from sources.common.limits import Limits
from tests.end_to_end.harness import TINY, copy_portfolio

REQUIRED = {"name": "p", "title": "P", "reporting_currency": "EUR"}


def installed(version: str) -> Callable[[str], str]:
    return lambda _: version


def missing(_: str) -> str:
    raise PackageNotFoundError


@pytest.mark.parametrize(
    ("pyspark", "java", "words"),
    [
        (missing, 'openjdk version "17.0.1"', "needs PySpark, which isn't installed. To fix: pip install"),
        (installed("3.5.1"), 'openjdk version "17.0.1"', "PySpark 3.5.1 is too old. To fix:"),
        (installed("4.3.0"), "", "needs Java 17 or later, and there is no `java`. To fix: install a JRE"),
        (installed("4.3.0"), 'openjdk version "11.0.2"', 'needs Java 17 or later, and openjdk version "11.0.2"'),
    ],
)
def test_what_is_missing_is_said(
    pyspark: Callable[[str], str], java: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "version", pyspark)
    monkeypatch.setattr(session, "java", lambda: java)
    with pytest.raises(SparkError) as raised:
        refuse_unready(None)
    assert words in str(raised.value)


def test_a_server_needs_no_java_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "version", installed("4.3.0"))
    monkeypatch.setattr(session, "java", lambda: "")
    refuse_unready("sc://spark.acme.example:15002")


@pytest.mark.parametrize("java", ['java version "1.8.0_381"', 'openjdk version "16" 2021', "no java at all"])
def test_an_older_java_is_refused(java: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "version", installed("4.3.0"))
    monkeypatch.setattr(session, "java", lambda: java)
    with pytest.raises(SparkError, match="Java 17"):
        refuse_unready(None)


@pytest.mark.parametrize(
    ("spark", "words"),
    [
        ({"remote": "spark://host:7077"}, "is not the address of a Spark Connect server"),
        ({"remote": "sc://"}, "is not the address of a Spark Connect server"),
        ({"remote": "sc://host:443/;token=s3cret"}, "SPARK_CONNECT_AUTHENTICATE_TOKEN"),
        ({"settings": {"spark.sql.shuffle.partitions": 7}}, "spark.settings.spark.sql.shuffle.partitions"),
        ({"master": "local"}, "spark.master: there is no such key"),
    ],
)
def test_a_wrong_setting_is_named(spark: dict[str, object], words: str) -> None:
    with pytest.raises(PortfolioError) as raised:
        parse_portfolio(REQUIRED | {"engine": "spark", "spark": spark}, Path("portfolio.yml"))
    assert words in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_doctor_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "version", missing)
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "homes"))
    portfolio = copy_portfolio(
        TINY, tmp_path / "tiny", {"portfolio.yml": ("name: tiny\n", "name: tiny\nengine: spark\n")}
    )

    [found] = [found for found in findings(portfolio) if found.about == "Spark"]

    assert found.state == "wrong"
    assert "needs PySpark" in found.what
    assert found.fix.startswith("pip install")


def test_a_server_that_does_not_answer_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "version", installed("4.3.0"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"sc://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(SparkError, match=f"Spark at {address} doesn't answer: Connection refused. To fix:"):
            session.open_session(f"{address}/;user_id=ada", Limits(1 << 30, 1), tmp_path)


def test_parameters_of_an_address_are_not_shown() -> None:
    assert shown("sc://host:443/;user_id=ada") == "sc://host:443"


def test_what_caused_an_error_of_java_is_said() -> None:
    """A full disk is met below several others, each with its stack."""
    said = """An error occurred while calling o45.parquet.
: org.apache.spark.SparkException: Job aborted.
\tat org.apache.spark.sql.Writer.write(Writer.scala:251)
Caused by: org.apache.spark.SparkException: Task failed while writing rows.
\tat org.apache.spark.sql.Tasks.run(Tasks.scala:12)
Caused by: java.io.IOException: No space left on device
\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)"""

    assert session.short(said) == (
        "An error occurred while calling o45.parquet. : org.apache.spark.SparkException: Job aborted.: "
        "java.io.IOException: No space left on device"
    )
