"""Each identity in `dbt/tests` that guards a model passes on a sound build and fails on the rows that it is meant for."""

import pytest

from tests.mutation.conftest import Spoil
from tests.mutation.warehouse import Warehouse

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("mutations")]

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
    "holds_member_fct_ledger_entries": changed(LEDGER, account_key="-2"),
    "exchange_rate_matches_posting_date": changed("core.fct_budgets", exchange_rate="exchange_rate * 2"),
    "dimensions_have_special_members": {"core.dim_team": "from core.dim_team where team_key <> -3"},
    "due_date_is_fixed_at_commitment": changed(DELIVERABLES, due_date="due_date + 1"),
    "work_counts_for_nearest_deliverable": changed(LEDGER, deliverable_key="-3"),
    "cost_flag_follows_settings": changed(LEDGER, is_cost="not is_cost"),
    "cost_month_follows_reversed_entry": changed(LEDGER, cost_month_date="cost_month_date + interval 1 month"),
    "calendar_attributes_are_correct": changed("core.dim_date", is_weekend="not is_weekend"),
    "active_users_match_distinct_users": added(
        "core.fct_active_users", usage_date="date '2025-06-30'", dimension_name="'total'", member_key="0", dau="1", wau="1", mau="1"
    ),
    "cohort_retention_matches_usage": {
        **added("core.fct_usage_daily", current_product_key="-2", user_id="'u'", usage_date="date '2025-05-01'", events="1", is_past="true"),
        **added(
            "core.fct_user_cohorts", dimension_name="'total'", member_key="0", cohort_date="date '2025-05-01'",
            usage_date="date '2025-05-01'", days_since_first_use="0", weeks_since_first_use="0", cohort_users="2",
            active_users="1", first_active_users="1", is_mature="true", is_feed_start="false", is_counted="true",
        ),
    },
    "tickets_without_use_are_left_out_by_product": added(
        "core.fct_support_tickets", current_product_key="-2", opened_date="date '2025-05-01'", is_opened="true"
    ),
    "marts_match_metric_values": changed("outcomes.alignment", aligned_work_share_n="aligned_work_share_n + 1"),
    "initiatives_are_delivered_with_their_work": changed(VALUE, is_delivered="not is_delivered"),
    "value_status_follows_decision_table": changed(VALUE, value_status="'no_effect'"),
    "member_names_match_keys": changed("outcomes.no_value_work", team_name="'another'"),
    "survey_question_matches_latest_answer": changed(
        "core.dim_survey_question", has_scale_changed="not has_scale_changed"
    ),
    "ledger_corrections_match_landed_entries": added("core.fct_ledger_corrections", ledger_entry_id="'gone'", direction="'in'"),
    "budget_shifts_start_from_first_version": added(
        "stage.measures.msr_budget_shifts", fiscal_year_start_date="date '1999-01-01'", first_amount="1", shifted_amount="0"
    ),
    "budget_line_cost_is_unknown_where_most_cost_names_none": changed(
        "outcomes.budget_lines", cost_to_date_reporting_amount="null", rows_without_rate="0"
    ),
    "budget_line_overlaps_its_broadest_line": {
        "outcomes.budget_lines": "from outcomes.budget_lines union all by name"
        " select * replace (budget_line_key + 1 as budget_line_key) from outcomes.budget_lines"
    },
    "active_days_lie_between_commitment_and_delivery": changed(DELIVERABLES, active_days="lead_time_days + 1"),
    "partial_periods_have_days_without_data": changed("metrics.fct_metric_values", is_partial="not is_partial"),
    "reversals_end_at_another_entry": changed(
        "stage.intermediate.int_reversal_origins", origin_ledger_entry_id="ledger_entry_id"
    ),
    "facts_hold_latest_member": changed("metrics.fct_metric_values", member_key="member_key + 1"),
    "metric_series_begin_with_their_first_rows": changed(
        "metrics.fct_metric_values", value="null", numerator="null", denominator="null", n="0", n_excluded="0"
    ),
    "metric_periods_end_where_the_next_begins": changed("metrics.fct_metric_values", period_end="period_end + 1"),
    "member_values_sum_to_total": changed(
        "metrics.fct_metric_values", n_excluded="if(dimension_name = 'total', n_excluded + 1, n_excluded)"
    ),
    "compared_months_are_covered_by_ledger": {"stage.measures.msr_compared_months": "from stage.measures.msr_compared_months limit 0"},
    "value_realization_shows_metric_values": changed(VALUE, on_time_rate_status="'another'"),
    "wins_are_recognised_when_first_thanked": {
        "outcomes.wins": "from outcomes.wins union all by name"
        " select level, entity_key, entity_id, date '2025-05-01' as recognised_date from outcomes.value_realization"
    },
    "learned_review_days_match_check_ins": changed("core.fct_key_result_progress", review_days="review_days + 1"),
    "rework_is_known_unless_status_was_unknown": changed(DELIVERABLES, is_rework_known="not is_rework_known"),
    "key_result_progress_matches_terms": changed("core.fct_key_result_progress", is_silent="not is_silent"),
    "wilson_interval_satisfies_equation": changed("metrics.fct_metric_values", lower="lower * 0.9"),
    "wins_and_no_value_work_match_value_realization": added("outcomes.no_value_work", deliverable_key="1", reason="'no_effect'"),
    "wins_name_heaviest_key_result": added("outcomes.wins", shown_by="'money'", key_result_id="'KR1'"),
    "smart_flags_match_key_result": changed(GOALS, is_specific="not is_specific"),
    "scorecard_matches_progress": changed("outcomes.goal_scorecard", score_band="'good'", score="0.0"),
    "bridge_matches_outcome_links": changed("core.bridge_deliverable_key_result", is_outcome="not is_outcome"),
    "hours_have_team_of_work_date": added(
        ENTRIES, time_entry_id="'h'", person_key="-3", team_key="5", current_team_key="5", work_date="date '2025-05-01'"
    ),
    "pilot_interval_covers_95_percent": changed("metrics.fct_metric_values", lower="coalesce(lower, 0) - 1"),
    "pilot_windows_match_pilot_starts": changed(
        "stage.intermediate.int_pilot_windows", after_to_date="after_to_date + 1"
    ),
    "usage_has_product_of_usage_date": added(
        "core.fct_usage_daily", product_key="-2", current_product_key="-2", usage_date="date '2025-05-01'", is_past="true"
    ),
    "allocated_cost_has_members_of_deliverable": changed("core.fct_cost_allocations", is_conflicting="not is_conflicting"),
    "benefit_credits_follow_benefit_shares": changed("core.fct_benefit_credits", deliverable_key="-1"),
    "remainder_units_follow_weight": changed("stage.intermediate.int_cost_weights", precedence="- precedence"),
    "late_entries_have_correction": {
        "core.fct_ledger_corrections": "from core.fct_ledger_corrections union all by name"
        " (select ledger_entry_id, 'late' as correction_kind from core.fct_ledger_entries where not is_synthetic limit 1)"
    },
    "corrected_entries_keep_previous_values": changed(LEDGER, is_corrected="not is_corrected"),
    "outcome_links_are_valid_at_delivery": {
        "core.bridge_deliverable_key_result": "from core.bridge_deliverable_key_result limit 1"
    },
    "metric_goals_move_beyond_interval": {
        **added(
            "stage.intermediate.int_key_result_readings",
            key_result_id="'KR1'", read_date="date '2025-05-31'", value="75.0", lower="0.0", upper="99.0",
        ),
        **changed("core.fct_key_result_progress", value_date="date '2025-05-31'", raw_score="1.0"),
    },
    "outcome_score_matches_readings": changed(VALUE, outcome_key_results="outcome_key_results + 1"),
    "value_realization_cost_matches_allocations": changed(VALUE, cost_reporting_amount="nullif(cost_reporting_amount, 0)"),
    "value_summary_matches_value_realization_by_period": changed(
        "outcomes.value_summary", compared_period_start_date="compared_period_start_date - 1"
    ),
    "value_summary_matches_delivered_metric": changed("outcomes.value_summary", deliverables="deliverables + 1"),
    "release_changes_match_answers_and_usage": added("outcomes.release_changes", release_id="'another'"),
    "employee_cells_match_answers": added(
        "core.fct_employee_survey_cells", employee_survey_cell_key="1", survey_type="'enps'", grain="'quarter'",
        period_start_date="date '2025-04-01'", dimension_name="'total'", answers="99", score="0.0",
    ),
    "employee_cells_are_suppressed_as_needed": added(
        "core.fct_employee_survey_cells", employee_survey_cell_key="1", survey_type="'enps'", grain="'quarter'",
        period_start_date="date '2025-04-01'", dimension_name="'total'", current_team_key="-2",
    ),
    "published_answers_give_published_scores": changed(
        "core.fct_survey_responses", nps_class="if(nps_class = 'passive', 'promoter', nps_class)"
    ),
    "nps_interval_matches_answers": changed("metrics.fct_metric_values", upper="upper - 0.1"),
    "value_equals_numerator_over_denominator": changed("metrics.fct_metric_values", numerator="numerator * 2"),
    "budget_lines_match_months_and_facts": changed(
        "outcomes.budget_months", cost_to_date_reporting_amount="cost_to_date_reporting_amount + 1"
    ),
    "cost_is_within_budget_lines_or_unbudgeted": changed("stage.measures.msr_budget_costs", cost="cost + 1"),
    "ratio_totals_match_measured_members": changed(
        "metrics.fct_metric_values", numerator="if(dimension_name = 'total', numerator + 1, numerator)"
    ),
    "excluded_rows_are_counted": changed("metrics.fct_metric_values", n_excluded="n_excluded + 1"),
    "goal_direction_matches_target": changed(GOALS, direction="if(direction = 'up', 'down', 'up')"),
    "reopened_flag_matches_count": changed(DELIVERABLES, is_reopened="not is_reopened"),
    "main_objective_has_largest_share": changed(
        "stage.measures.msr_deliverable_objectives", is_main="not is_main"
    ),
    "member_values_have_rows": added(
        "metrics.fct_metric_values", metric_name="'nps'", grain="'all'", dimension_name="'team'", n="0", n_excluded="0"
    ),
    "keys_are_the_same_in_every_build": changed("core.dim_team", team_key="team_key + 1"),
    "benefit_credits_have_members_of_deliverable": changed(
        "core.fct_benefit_credits", is_without_delivery="not is_without_delivery"
    ),
    "scorecard_matches_goal": changed("outcomes.goal_scorecard", owner_team_key="-3"),
    "metric_status_reflects_excluded_rows": changed("metrics.fct_metric_values", status="'measured'"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_guard_catches_what_it_is_meant_for(name: str, warehouse: Warehouse, spoilt: Spoil) -> None:
    [guard] = [g for g in warehouse.guards if g.name == f"dbt:{name}" or g.name.startswith(f"dbt:{name}_")]
    assert not guard.fails(warehouse.connection)

    with spoilt({table.removeprefix("stage."): select for table, select in SPOILT[name].items()}):
        assert guard.fails(warehouse.connection)

    assert not guard.fails(warehouse.connection)
