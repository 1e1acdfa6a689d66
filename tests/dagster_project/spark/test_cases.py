"""On real Spark: each rule's and setting's case gives DuckDB's rows, and without the rule or setting it does not."""

from time import sleep
from typing import Any

import pytest

from dagster_project.spark import SparkError
from dagster_project.spark.rules import RULES
from dagster_project.spark.session import SETTINGS, timed, told
from tests.dagster_project.spark.cases import OTHERWISE, RULE_CASES, SETTING_CASES, Case
from tests.dagster_project.spark.conftest import Bench

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]
# without it eleven models fail, of those that test_builds.py builds; no small statement that shows it is known
BY_MODELS = {"spark.sql.optimizer.excludedRules"}


def test_every_rule_and_setting_has_a_case() -> None:
    assert {case.needs for case in RULE_CASES} == {rule.__name__ for rule in RULES}
    assert {case.needs for case in SETTING_CASES} == SETTINGS.keys() - BY_MODELS


@pytest.mark.parametrize("case", [*RULE_CASES, *SETTING_CASES], ids=str)
def test_a_case_gives_the_rows_of_duckdb(case: Case, bench: Bench) -> None:
    assert bench.difference(case.sql) is None


@pytest.mark.parametrize("case", RULE_CASES, ids=str)
def test_a_rule_is_needed(case: Case, bench: Bench) -> None:
    assert bench.difference(case.sql, dropped=case.needs) is not None


@pytest.mark.parametrize("case", SETTING_CASES, ids=str)
def test_a_setting_is_needed(case: Case, bench: Bench) -> None:
    conf = bench.engine.session.conf
    conf.set(case.needs, OTHERWISE[case.needs])
    try:
        found: str | None
        try:
            found = bench.difference(case.sql)
        except Exception as error:
            found = str(error)
    finally:
        conf.set(case.needs, SETTINGS[case.needs])
    assert found is not None


@pytest.mark.parametrize("seconds", [2, 0], ids=["while it runs", "before it runs"])
def test_what_takes_too_long_is_interrupted(seconds: int, bench: Bench) -> None:
    """It would take half a minute."""
    bench.engine.types["stage"]["cases"]["found"] = {"n": "BIGINT"}
    slow = "SELECT COUNT(*) AS n FROM RANGE(12000) AS a CROSS JOIN RANGE(12000) AS b WHERE a.id + b.id < 0"
    said = f"model slow ran for more than {seconds} seconds, the model_timeout"
    with pytest.raises(SparkError, match=said), timed(bench.engine.session, "slow", seconds):
        bench.engine.write(slow, "slow", "cases", "found")


def test_what_fails_late_is_told_for_what_it_is(session: Any) -> None:
    def fail() -> None:
        sleep(0.1)
        session.sql("SELECT * FROM nowhere")

    with pytest.raises(SparkError, match="could not be run on Spark"), timed(session, "late", 0), told("model late"):
        fail()
