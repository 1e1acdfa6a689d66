"""A fact that hasn't each staged row once, as it was staged, fails the dbt test that says so (`matches_source`)."""

from pathlib import Path

import pytest

from dagster_project import audit, dbt_runner
from expectations.database import open_build
from expectations.records import CheckRecord
from tests.expectations.builds import spoil

TESTS = {test["name"]: uid for uid, test in dbt_runner.data_tests().items() if test["name"].endswith("_match_staging")}

PLANTED = {
    "an entry twice, worth nothing": ("ledger_entries_match_staging", (
        "insert into core.fct_ledger_entries "
        "select * replace (0 as amount, 0 as reporting_amount) from core.fct_ledger_entries where currency = 'EUR'"
    )),
    "an answer to another question": (
        "survey_responses_match_staging",
        "update core.fct_survey_responses set question_id = 'other' where response_id = 'N1'",
    ),
    "changes out of order": ("work_item_changes_match_staging", "update core.fct_work_item_changes set change_seq = 1"),
    "an hour more": (
        "time_entries_match_staging",
        "update core.fct_time_entries set worked_hours = worked_hours + 1 where time_entry_id = 'H9-1'",
    ),
    "a budget without its amount": ("budgets_match_staging", "update core.fct_budgets set budget_amount = 0"),
    "benefits lost": ("benefits_match_staging", "delete from core.fct_benefits"),
    "tickets twice": (
        "support_tickets_match_staging", "insert into core.fct_support_tickets from core.fct_support_tickets"
    ),
    "an earlier report as the latest": (
        "initiative_reports_match_staging", "update core.fct_initiative_reports set is_latest = false"
    ),
    "a ritual under another name": ("rituals_match_staging", "update core.fct_rituals set ritual_id = 'R2'"),
    "a decision of another kind": ("decisions_match_staging", "update core.fct_decisions set decision_kind = 'other'"),
    "an experiment that decided nothing": (
        "experiments_match_staging", "update core.fct_experiments set has_changed_decision = null"
    ),
    "a deliverable twice": (
        "deliverables_match_staging",
        "insert into core.fct_deliverables from core.fct_deliverables where work_item_id = 'D1'",
    ),
    "delivered before it is done": (
        "deliverables_match_staging",
        "update core.fct_deliverables set is_delivered = true where work_item_id = 'D3'",
    ),
}  # fmt: skip


def asked(build: tuple[Path, Path], name: str) -> CheckRecord:
    """A dbt test's record of a build."""
    uid = TESTS[name]
    with open_build(*build) as connection:
        manifest = dbt_runner.manifest()
        return audit._dbt_record(connection, manifest, manifest["nodes"][uid], dbt_runner.compiled()[uid])


@pytest.mark.parametrize("name", TESTS)
def test_a_sound_fact_matches(name: str, sound_build: tuple[Path, Path]) -> None:
    assert asked(sound_build, name).status == "passed"


@pytest.mark.parametrize(("name", "mistake"), PLANTED.values(), ids=PLANTED)
def test_a_planted_mistake_is_caught(name: str, mistake: str, a_build: tuple[Path, Path]) -> None:
    spoil(a_build[0], mistake)
    record = asked(a_build, name)
    assert (record.status, record.blocks) == ("failed", True)


def test_every_fact_that_matches_staging_has_a_mistake_planted() -> None:
    assert {name for name, _ in PLANTED.values()} == set(TESTS)
