"""Every check of every suite: passes on a sound build, and alone catches what it is meant for."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.database import open_build
from expectations.gx import load_checks, run_suites
from expectations.records import CheckRecord, Earlier
from sources.contracts import load_contracts
from tests.expectations.builds import spoil

VALUES = "metrics.fct_metric_values"
MAY = "period_start = '2025-05-01' and grain = 'month'"

LAST = "load_seq = (select max(load_seq) from landing.loads where feed = 'support_tickets')"
LAST_HOURS = "load_seq = (select max(load_seq) from landing.loads where feed = 'time_entries')"

# check -> (file to spoil, statement)
SPOILT = {
    "no_unknown_column": ("stage", "update landing.loads set extra_columns = ['mood'] where feed = 'teams'"),
    "load_keeps_its_volume": ("stage", f"update landing.loads set landed_rows = 20 where {LAST}"),
    "event_was_there_when_shown": ("stage", ("update landing.usage_daily set usage_date = '2025-07-01'")),
    "categories_keep_their_shares": ("stage", f"update landing.support_tickets set channel = 'chat' where {LAST}"),
    "hours_of_day_keep_their_shares": ("stage", ("update landing.support_tickets "
        f"set opened_at = opened_at + interval 7 hour where {LAST}")),
    "rows_arrive_in_time": ("stage", ("update landing.support_tickets "
        f"set opened_at = opened_at - interval 70 day where {LAST}")),
    "amounts_keep_their_size": ("stage", f"update landing.time_entries set hours = hours * 100 where {LAST_HOURS}"),
    "settled_values_stay": ("stage", ("insert into landing.time_entries "
        "select * replace (hours + 1 as hours, (select load_seq from landing.loads where feed = 'time_entries' "
        f"order by 1 desc limit 1 offset 1) as load_seq) from landing.time_entries where {LAST_HOURS}")),
    "budget_is_given_once": ("stage", ("insert into landing.budgets "
        "select * replace ('B2' as budget_id) from landing.budgets")),
    "references_have_no_circle": ("stage", "update staging.stg_teams set parent_team_id = team_id"),
    "usage_matches_staging": ("warehouse", "update core.fct_usage_daily set events = 4"),
    "ticket_ends_after_it_begins": ("warehouse", ("update core.fct_support_tickets "
        "set first_response_at = opened_at - interval 1 hour")),
    "work_ends_after_it_begins": ("warehouse", ("update core.fct_deliverables "
        "set done_at = '2024-12-31' where work_item_id = 'D1'")),
    "initiative_ends_after_it_begins": ("warehouse", ("update core.dim_initiative "
        "set planned_start_date = '2025-01-01', planned_end_date = '2024-12-31'")),
    "budget_lines_do_not_overlap": ("warehouse", "update outcomes.budget_lines set is_counted = false"),
    "facts_name_members_that_exist": ("stage", "update staging.stg_time_entries set work_item_id = 'RENAMED-1'"),
    "facts_name_their_members": ("warehouse", ("update core.fct_support_tickets "
        "set product_key = -2 where opened_date >= '2025-06-01'")),
    "metric_keeps_to_its_history": ("warehouse", (f"update {VALUES} set value = value * 10 "
        "where metric_name = 'revenue' and grain = 'month' and period_start = '2025-06-01'")),
    "reject_share_fail": ("stage", ("update landing.settings set quarantine_warn_share = 1; "
        "update landing.loads set quarantined_rows = 1 where feed = 'budgets'")),
    "reject_share_warn": ("stage", ("update landing.settings set quarantine_fail_share = 1; "
        "update landing.loads set quarantined_rows = 1 where feed = 'budgets'")),
    "exports_reach_the_day_they_were_seen": ("stage", ("update landing.loads set covers = null, last_date = '2025-01-31' "
        "where feed = 'ledger_entries'")),
    "dates_lie_in_the_calendar": ("stage", ("insert into landing.warnings (feed, rule, message) "
        "values ('people', 'calendar', 'left_date is 9999-12-31')")),
    "values_are_known": ("stage", ("insert into landing.warnings (feed, rule, message) "
        "values ('work_items', 'values', 'resolution is Shelved')")),
    "landed_rows_where_records": ("stage", "update landing.loads set landed_rows = 0 where feed = 'teams'"),
    "feed_is_not_empty": ("stage", "update landing.loads set records = 0, landed_rows = 0 where feed = 'teams'"),
    "feed_is_fresh": ("stage", "update landing.loads set observed_at = '2025-05-01' where feed = 'teams'"),
    "no_row_only_ever_rejected": ("stage", ("insert into landing.work_items (load_seq, work_item_id, source, _row_kind) "
        "select min(load_seq), 'W9', 'office', 'held' from landing.work_items")),
    "status_has_one_category": ("stage", "update staging.stg_work_items set status = 'Done' where work_item_id = 'D3'"),
    "statuses_are_explained": ("stage", ("update intermediate.int_work_item_statuses set status_category = 'unknown', "
        "status = 'Renamed'")),
    "question_keeps_its_scale": ("stage", ("update staging.stg_survey_responses set scale_max = 100 "
        "where response_id = 'N1'")),
    "lead_time_is_plausible": ("warehouse", ("update core.fct_deliverables set lead_time_days = -1 "
        "where work_item_id = 'D1'")),
    "deliverables_not_from_the_future": ("warehouse", ("update core.fct_deliverables set delivery_date = '2025-07-01' "
        "where work_item_id = 'D1'")),
    "ledger_amount_is_conserved": ("warehouse", ("update core.fct_ledger_entries set amount = amount * 100 "
        "where currency = 'USD'")),
    "ledger_reporting_amount_is_conserved": ("warehouse", ("update core.fct_ledger_entries "
        "set reporting_amount = reporting_amount + 0.01 where ledger_entry_id = 'L1'")),
    "ledger_rate_is_positive": ("warehouse", ("update core.fct_ledger_entries set exchange_rate = 0 "
        "where currency = 'USD'")),
    "ledger_reporting_amount_needs_a_rate": ("warehouse", ("update core.fct_ledger_entries "
        "set reporting_amount = null where currency = 'USD'")),
    "ledger_rate_is_of_its_time": ("warehouse", ("update core.fct_ledger_entries set rate_date = '2025-03-09' "
        "where currency = 'USD'")),
    "ledger_rate_keeps_its_size": ("warehouse", ("update core.fct_ledger_entries set exchange_rate = 100 "
        "where ledger_entry_id = 'L1'")),
    "ledger_entries_have_rates": ("warehouse", ("update core.fct_ledger_entries "
        "set has_rate = false, exchange_rate = null, rate_date = null, reporting_amount = null where currency = 'USD'")),
    "hours_lie_within_employment": ("warehouse", "update core.dim_person set left_date = '2025-01-01'"),
    "ledger_not_from_the_future": ("warehouse", ("update core.fct_ledger_entries set "
        "posted_date = '2025-07-01', rate_date = '2025-07-01' where currency = 'USD'")),
    "ledger_amount_is_plausible": ("warehouse", ("update core.fct_ledger_entries set reporting_amount = 10001 "
        "where currency = 'USD'")),
    "survey_score_is_conserved": ("warehouse", ("update core.fct_survey_responses set score = 8 "
        "where response_id = 'N1'")),
    "survey_responses_are_counted": ("warehouse", "update core.fct_survey_responses set is_counted = false"),
    "survey_responses_not_from_the_future": ("warehouse", ("update core.fct_survey_responses "
        "set responded_date = '2025-07-01' where response_id = 'N1'")),
    "metric_status_is_known": ("warehouse", (f"update {VALUES} set status = 'fine' "
        f"where metric_name = 'delivered' and {MAY}")),
    "metric_n_is_not_negative": ("warehouse", (f"update {VALUES} set n = -1, status = 'insufficient_sample' "
        "where metric_name = 'nps' and dimension_name = 'team' and grain = 'all'")),
    "metric_n_excluded_is_not_negative": ("warehouse", f"update {VALUES} set n_excluded = -1 where {MAY}"),
    "metric_value_is_a_number": ("warehouse", f"update {VALUES} set numerator = 'nan' where grain = 'all'"),
    "metric_value_within_contract": ("warehouse", (f"update {VALUES} set value = 1.5 "
        "where metric_name = 'on_time_rate' and dimension_name = 'team'")),
    "metric_days_are_plausible": ("warehouse", (f"update {VALUES} set value = 4000 "
        "where metric_name = 'lead_time_days_p50' and grain = 'all'")),
    "metric_interval_is_ordered": ("warehouse", (f"update {VALUES} set lower = null "
        "where metric_name = 'nps' and grain = 'all'")),
    "metric_interval_holds_value": ("warehouse", (f"update {VALUES} set status = 'measured', n = 10, upper = value + 2, "
        "lower = value + 1 where metric_name = 'nps' and grain = 'all'")),
    "metric_not_measured_means_null": ("warehouse", (f"update {VALUES} set value = 0 "
        "where metric_name = 'lead_time_days_p50' and status = 'not_measured'")),
    "metric_sample_is_judged": ("warehouse", (f"update {VALUES} set status = 'measured' "
        "where metric_name = 'approval_rate' and grain = 'all'")),
    "metric_incomplete_says_how_many": ("warehouse", (f"update {VALUES} set status = 'incomplete' "
        "where metric_name = 'cost' and grain = 'all'")),
    "metric_running_period_is_partial": ("warehouse", f"update {VALUES} set is_partial = false where grain = 'year'"),
    "metric_series_has_no_gap": ("warehouse", (f"delete from {VALUES} "
        f"where metric_name = 'on_time_rate' and grain = 'month' and period_start = '2025-06-01'")),
    "metric_members_add_up": ("warehouse", (f"update {VALUES} set value = value + 1 "
        "where metric_name = 'cost' and grain = 'all' and dimension_name = 'initiative' and member_id = 'I1'")),
    "metric_has_values": ("warehouse", f"delete from {VALUES} where metric_name = 'roi'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(sound_build: tuple[Path, Path]) -> list[CheckRecord]:
    """What the suites say of the sound build."""
    return run_suites(*sound_build)


@pytest.fixture(scope="module")
def earlier(sound: list[CheckRecord]) -> Earlier:
    """The audit of the sound build, as one that was published."""
    return Earlier(records={(record.suite, record.check_name): record for record in sound})


def test_a_sound_build_passes_every_check(sound: list[CheckRecord]) -> None:
    records = sound
    assert [record.check_name for record in records] == [check.name for check in load_checks()]
    assert [(r.check_name, r.status, r.observed) for r in records if r.status != "passed"] == []


def test_every_check_has_a_test_that_shows_it_failing() -> None:
    assert set(SPOILT) == {check.name for check in load_checks()}


# each group is spoilt at once, in one build: neighbours in SPOILT spoil the same rows and are in different ones
GROUPS = 5


@pytest.mark.parametrize("group", range(GROUPS))
def test_each_check_catches_what_it_is_meant_for_and_none_else_does(
    group: int, a_build: tuple[Path, Path], earlier: Earlier
) -> None:
    warehouse, stage = a_build
    names = [*SPOILT][group::GROUPS]
    for database, statement in (SPOILT[name] for name in names):
        spoil(warehouse if database == "warehouse" else stage, statement)

    # no record of the sound build is valid for a check of what was spoilt
    found = run_suites(warehouse, stage, earlier=earlier)

    assert sorted(record.check_name for record in found if record.status != "passed") == sorted(names)


def test_a_record_stands_where_nothing_that_the_check_reads_has_changed(
    a_build: tuple[Path, Path], earlier: Earlier, sound: list[CheckRecord]
) -> None:
    assert run_suites(*a_build, earlier=earlier) == sound
    spoil(a_build[0], "delete from core.fct_survey_responses")
    again = run_suites(*a_build, earlier=earlier)
    new = {record.check_name for record, before in zip(again, sound, strict=True) if record != before}
    assert "survey_score_is_conserved" in new
    assert "ledger_amount_is_conserved" not in new


def test_with_other_code_no_record_stands(a_build: tuple[Path, Path], earlier: Earlier) -> None:
    again = run_suites(*a_build, earlier=replace(earlier, code="other"))
    assert [record for record in again if record in earlier.records.values()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SPOILT)
def test_a_check_alone_catches_what_it_is_meant_for(name: str, a_build: tuple[Path, Path]) -> None:
    warehouse, stage = a_build
    database, statement = SPOILT[name]
    spoil(warehouse if database == "warehouse" else stage, statement)

    failed = [record for record in run_suites(warehouse, stage) if record.status != "passed"]

    assert [(record.check_name, record.status) for record in failed] == [
        (name, {"fail": "failed", "warn": "warned"}[failed[0].severity])
    ]
    assert failed[0].sample not in (None, "[]")
    with open_build(warehouse, stage) as connection:
        rows = connection.execute(str(failed[0].rows_sql)).fetchall()
    assert len(rows) == failed[0].failing_rows


def test_a_table_that_is_missing_is_an_error_not_a_pass(a_build: tuple[Path, Path]) -> None:
    warehouse, stage = a_build
    spoil(warehouse, "drop table core.fct_survey_responses")
    records = {record.check_name: record for record in run_suites(warehouse, stage)}
    assert records["survey_score_is_conserved"].status == "error"
    assert records["survey_score_is_conserved"].blocks
    assert records["ledger_amount_is_conserved"].status == "passed"


def test_a_day_has_begun_where_the_portfolio_is(a_build: tuple[Path, Path]) -> None:
    warehouse, stage = a_build
    spoil(stage, "update landing.settings set time_zone = 'Pacific/Auckland'")
    spoil(stage, "update landing.usage_daily set usage_date = '2025-07-01'")  # shown at 8 in the morning of that day
    records = {record.check_name: record for record in run_suites(warehouse, stage)}
    assert records["event_was_there_when_shown"].status == "passed"


def test_without_a_history_nothing_is_said_of_it(a_build: tuple[Path, Path]) -> None:
    warehouse, stage = a_build
    spoil(stage, "delete from landing.loads where kind = 'increment'")
    records = {record.check_name: record for record in run_suites(warehouse, stage)}
    assert records["load_keeps_its_volume"].status == "not_compared"
    assert records["amounts_keep_their_size"].status == "passed"


def test_a_figure_is_not_held_against_those_of_an_earlier_definition(a_build: tuple[Path, Path]) -> None:
    warehouse, stage = a_build
    spoil(
        warehouse,
        f"update {VALUES} set value = value * 10 where metric_name = 'revenue' and period_start >= '2025-06-01'",
    )
    spoil(
        warehouse,
        "insert into metrics.dim_metric select * replace (2 as metric_version, metric_key + 1 as metric_key) "
        "from metrics.dim_metric where metric_name = 'revenue'",
    )
    spoil(
        warehouse,
        f"update {VALUES} set metric_version = 2 where metric_name = 'revenue' and period_start >= '2025-06-01'",
    )
    records = {record.check_name: record for record in run_suites(warehouse, stage)}
    assert "revenue" not in str(records["metric_keeps_to_its_history"].sample)


@pytest.mark.parametrize(
    ("database", "statement", "status"),
    [
        ("warehouse", "update core.fct_ledger_entries set reporting_amount = reporting_amount * 1e10", "passed"),
        ("stage", "update landing.settings set largest_entry = 499", "warned"),
        ("warehouse", "delete from core.fct_ledger_entries where ledger_entry_id like 'M%'", "not_compared"),
    ],
    ids=["in another currency", "above the setting", "without a history"],
)
def test_an_entry_is_compared_with_its_own_ledger(
    database: str, statement: str, status: str, a_build: tuple[Path, Path]
) -> None:
    spoil(a_build[database == "stage"], statement)
    records = {record.check_name: record for record in run_suites(*a_build)}
    assert records["ledger_amount_is_plausible"].status == status


@pytest.mark.parametrize(("days", "status"), [(100, "passed"), (110, "warned")])
def test_a_feed_shown_every_quarter_is_fresh_for_a_quarter(days: int, status: str, a_build: tuple[Path, Path]) -> None:
    spoil(
        a_build[1],
        f"""
        update landing.loads
        set observed_at = as_of_at - to_days(({days} + 90 * loads_after)::integer)
        from landing.settings, (
            select load_seq as seq, row_number() over (order by load_seq desc) - 1 as loads_after
            from landing.loads
            where feed = 'support_tickets'
        )
        where feed = 'support_tickets' and load_seq = seq
        """,
    )
    records = {record.check_name: record for record in run_suites(*a_build)}
    assert records["feed_is_fresh"].status == status


def test_each_id_of_another_feed_is_looked_up() -> None:
    """A column named as the key of a feed, or as a parent's, or of a person, is in the check's list of references."""
    [query] = [check.rows for check in load_checks() if check.name == "facts_name_members_that_exist"]
    keys = {feed.keys[0].name for feed in load_contracts().values() if len(feed.keys) == 1}
    people = {"assignee_id", "changed_by", "owner_id"}
    free = {("usage_daily", "user_id"), ("survey_responses", "respondent_id"), ("key_results", "metric_member_id")}
    missing = [
        (feed.name, column.name)
        for feed in load_contracts().values()
        for column in feed.columns
        if (column.name in keys | people or re.match("(parent|reverses)_", column.name))
        and [column] != list(feed.keys)
        and (feed.name, column.name) not in free
        and not re.search(rf"'{column.name}', '[a-z_ ]+', {column.name}\)[^;]*?stg_{feed.name}\b", query)
    ]
    assert missing == []
