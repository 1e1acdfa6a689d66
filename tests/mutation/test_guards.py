"""Each identity in `dbt/tests` that guards a model passes on a sound build and fails on the rows that it is meant for."""

import pytest

from tests.mutation.conftest import Spoil
from tests.mutation.warehouse import Warehouse

pytestmark = pytest.mark.xdist_group("mutations")

DELIVERABLES, LEDGER, ENTRIES = "core.fct_deliverables", "core.fct_ledger_entries", "core.fct_time_entries"
GOALS, VALUE = "core.dim_key_result", "outcomes.value_realization"


def changed(table: str, **columns: str) -> dict[str, str]:
    """A table with other values in some columns."""
    return {
        table: f"select * replace ({', '.join(f'{value} as {name}' for name, value in columns.items())}) from {table}"
    }


def added(table: str, **columns: str) -> dict[str, str]:
    """A table with one more row, in which all other columns are empty."""
    values = ", ".join(f"{value} as {name}" for name, value in columns.items())
    return {table: f"select * from {table} union all by name select {values}"}


SPOILT = {
    "staging_holds_current_rows_stg_work_items": changed("stage.staging.stg_work_items", title="title || '!'"),
    "scd2_versions_match_loads_int_team_versions": changed(
        "stage.intermediate.int_team_versions", valid_from="valid_from + interval 1 day"
    ),
    "deliverables_match_staging": changed(DELIVERABLES, delivery_date="delivery_date + 1"),
    "fact_holds_valid_member_fct_ledger_entries": changed(LEDGER, team_key="-2"),
    "rates_are_of_their_day": changed("core.fct_budgets", exchange_rate="exchange_rate * 2"),
    "every_dimension_has_its_special_members": {"core.dim_team": "from core.dim_team where team_key <> -3"},
    "due_dates_are_those_at_commitment": changed(DELIVERABLES, due_date="due_date + 1"),
    "work_counts_for_its_nearest_deliverable": changed(LEDGER, deliverable_key="-3"),
    "cost_is_what_the_settings_say": changed(LEDGER, is_cost="not is_cost"),
    "the_calendar_is_right": changed("core.dim_date", is_weekend="not is_weekend"),
    "active_users_are_counted_plainly": added(
        "core.fct_active_users", usage_date="date '2025-06-30'", dimension_name="'total'", member_key="0", dau="1", wau="1", mau="1"
    ),
    "cohorts_return_as_their_users_do": {
        **added("core.fct_usage_daily", current_product_key="-2", user_id="'u'", usage_date="date '2025-05-01'", events="1", is_past="true"),
        **added(
            "core.fct_user_cohorts", dimension_name="'total'", member_key="0", cohort_date="date '2025-05-01'",
            usage_date="date '2025-05-01'", days_since_first_use="0", weeks_since_first_use="0", cohort_users="2",
            active_users="1", first_active_users="1", is_mature="true", is_feed_start="false", is_counted="true",
        ),
    },
    "marts_show_the_metric_values": changed("outcomes.alignment", aligned_work_share_n="aligned_work_share_n + 1"),
    "value_statuses_follow_the_table": changed(VALUE, value_status="'no effect'"),
    "names_are_those_of_their_keys": changed("outcomes.no_value_work", team_name="'another'"),
    "questions_are_described_by_their_last_answer": changed(
        "core.dim_survey_question", has_scale_changed="not has_scale_changed"
    ),
    "corrections_are_of_what_landed": added("core.fct_ledger_corrections", ledger_entry_id="'gone'", direction="'in'"),
    "links_lead_to_what_has_arrived": changed("stage.staging.stg_outcome_links", key_result_id="'nowhere'"),
    "progress_is_judged_by_its_own_terms": changed("core.fct_key_result_progress", is_silent="not is_silent"),
    "wilson_bounds_solve_their_equation": changed("metrics.fct_metric_values", lower="lower * 0.9"),
    "lists_hold_what_was_judged_so": {"outcomes.no_value_work": "from outcomes.no_value_work limit 1"},
    "wins_name_their_heaviest_key_result": added("outcomes.wins", level="'initiative'", entity_key="1", entity_id="'I1'"),
    "key_results_are_as_smart_as_they_look": changed(GOALS, is_specific="not is_specific"),
    "the_scorecard_tells_how_each_goal_stands": changed("outcomes.goal_scorecard", score_band="'good'", score="0.0"),
    "the_bridge_says_how_each_link_came": changed("core.bridge_deliverable_key_result", is_outcome="not is_outcome"),
    "hours_stand_with_the_team_of_their_day": added(
        ENTRIES, time_entry_id="'h'", person_key="-3", team_key="5", current_team_key="5", work_date="date '2025-05-01'"
    ),
    "pilot_bounds_hold_95_percent": changed("metrics.fct_metric_values", lower="coalesce(lower, 0) - 1"),
    "pilot_teams_and_the_rest_are_split_on_each_start": changed(
        "stage.intermediate.int_pilot_windows", after_to_date="after_to_date + 1"
    ),
    "use_stands_with_its_product": added(
        "core.fct_usage_daily", product_key="-2", current_product_key="-2", usage_date="date '2025-05-01'", is_past="true"
    ),
    "cost_stands_with_its_deliverable": changed("core.fct_cost_allocations", is_conflicting="not is_conflicting"),
    "units_left_over_go_to_the_heaviest": changed("stage.intermediate.int_cost_weights", precedence="- precedence"),
    "late_entries_are_restated": {
        "core.fct_ledger_corrections": "from core.fct_ledger_corrections union all by name"
        " (select ledger_entry_id, 'late' as correction_kind from core.fct_ledger_entries where not is_synthetic limit 1)"
    },
    "entries_say_what_they_said_before": changed(LEDGER, is_corrected="not is_corrected"),
    "links_count_on_the_day_of_delivery": {
        "core.bridge_deliverable_key_result": "from core.bridge_deliverable_key_result limit 1"
    },
    "measured_goals_move_beyond_their_interval": {
        **added(
            "stage.intermediate.int_key_result_readings",
            key_result_id="'KR1'", read_date="date '2025-05-31'", value="75.0", lower="0.0", upper="99.0",
        ),
        **changed("core.fct_key_result_progress", value_date="date '2025-05-31'", raw_score="1.0"),
    },
    "value_is_scored_plainly": changed(VALUE, outcome_key_results="outcome_key_results + 1"),
    "value_realization_costs_what_was_allocated": changed(VALUE, cost_reporting_amount="nullif(cost_reporting_amount, 0)"),
    "the_summary_is_counted_period_by_period": changed(
        "outcomes.value_summary", compared_period_start_date="compared_period_start_date - 1"
    ),
    "value_summary_counts_what_delivered_counts": changed("outcomes.value_summary", deliverables="deliverables + 1"),
    "releases_are_compared_plainly": added("outcomes.release_changes", release_id="'another'"),
    "employee_cells_count_their_answers": added(
        "core.fct_employee_survey_cells", employee_survey_cell_key="1", survey_type="'enps'", grain="'quarter'",
        period_start_date="date '2025-04-01'", dimension_name="'total'", answers="99", score="0.0",
    ),
    "nps_bounds_follow_their_answers": changed("metrics.fct_metric_values", upper="upper - 0.1"),
    "fractions_give_their_value": changed("metrics.fct_metric_values", numerator="numerator * 2"),
    "what_is_left_out_is_counted": changed("metrics.fct_metric_values", n_excluded="n_excluded + 1"),
    "goals_point_the_way_of_their_target": changed(GOALS, direction="if(direction = 'up', 'down', 'up')"),
    "reopened_work_says_so": changed(DELIVERABLES, is_reopened="not is_reopened"),
    "work_counts_under_its_main_objective": changed(
        "stage.measures.msr_deliverable_objectives", is_main="not is_main"
    ),
    "cells_have_rows_behind_them": added(
        "metrics.fct_metric_values", metric_name="'nps'", grain="'all'", dimension_name="'team'", n="0", n_excluded="0"
    ),
    "statuses_say_what_is_missing": changed("metrics.fct_metric_values", status="'measured'"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_guard_catches_what_it_is_meant_for(name: str, warehouse: Warehouse, spoilt: Spoil) -> None:
    [guard] = [g for g in warehouse.guards if g.name == f"dbt:{name}" or g.name.startswith(f"dbt:{name}_")]
    assert not guard.fails(warehouse.connection)

    with spoilt({table.removeprefix("stage."): select for table, select in SPOILT[name].items()}):
        assert guard.fails(warehouse.connection)

    assert not guard.fails(warehouse.connection)
