-- Whether work created value follows a decision table, first match first: each row is decided here again.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    benefit_cases as (
        select entity_key
        from {{ ref("value_realization") }}
        where level = 'initiative' and entity_key in (select initiative_key from {{ ref("fct_benefit_credits") }})
    ),

    plans as (
        select current_initiative_key as initiative_key, max(last_day(month_start_date)) as last_day
        from {{ ref("fct_benefits") }}
        where scenario = 'planned' and benefit_type = 'hard'
        group by current_initiative_key
    ),

    initiative_costs as (select * from {{ ref("msr_initiative_costs") }}),

    lost_initiatives as (
        select entity_key as initiative_key
        from {{ ref("value_realization") }}
        where level = 'initiative' and money_verdict = 'negative'
    ),

    running_goals as (select level, entity_key from {{ ref("msr_value_scores") }} where is_goal_running),

    rows_with_expected_verdicts as (
        select
            shown.*,
            settings.as_of_date,
            -- a deliverable keeps its promise on the day its work is done, an initiative on the day it ended
            coalesce(work.done_date, shown.delivery_date) as work_done_date,
            benefit_cases.entity_key is not null as has_case,
            lost_initiatives.initiative_key is not null as is_in_loss,
            running_goals.entity_key is not null as is_running,
            shown.judged_delivery_date + cast(settings.observation_window_days as integer) as expected_judged_from,
            case
                when shown.outcome_score is null
                then null
                when shown.outcome_score >= settings.success_band_good
                then 'created'
                when shown.outcome_score >= settings.success_band_some
                then 'some'
                when shown.outcome_score > -0.1
                then 'none'
                else 'negative'
            end as expected_score_verdict,
            case
                when shown.money_verdict is null
                then null
                when shown.benefit_reporting_amount > greatest(shown.cost_reporting_amount, 0)
                then 'created'
                when
                    shown.level = 'initiative'
                    and plans.last_day <= settings.as_of_date
                    and shown.benefit_reporting_amount < shown.cost_reporting_amount
                    and initiative_costs.has_cost
                then 'negative'
                when shown.benefit_reporting_amount > 0
                then 'some'
                when shown.benefit_reporting_amount = 0
                then 'none'
                else 'negative'
            end as expected_money_verdict,
            list_filter([shown.score_verdict, shown.money_verdict], verdict -> verdict is not null) as verdicts
        from {{ ref("value_realization") }} as shown
        cross join settings
        left join benefit_cases on shown.initiative_key = benefit_cases.entity_key
        left join lost_initiatives on shown.initiative_key = lost_initiatives.initiative_key
        left join plans on shown.initiative_key = plans.initiative_key
        left join initiative_costs on shown.initiative_key = initiative_costs.initiative_key
        left join running_goals on shown.level = running_goals.level and shown.entity_key = running_goals.entity_key
        left join
            {{ ref("fct_deliverables") }} as work
            on shown.level = 'deliverable'
            and shown.entity_key = work.deliverable_key
    ),

    rows_with_expected_status as (
        select
            *,
            case
                when not is_delivered
                then 'not_delivered'
                when outcome_key_results = 0 and not has_case
                then 'unlinked'
                when outcome_key_results = 0 and level = 'deliverable'
                then 'unmeasured'
                when as_of_date < judged_from_date
                then 'too_early'
                when is_running
                then 'too_early'
                when (list_contains(verdicts, 'negative') or is_in_loss) and list_has_any(verdicts, ['some', 'created'])
                then 'mixed'
                when coalesce(money_verdict, score_verdict) = 'created'
                then 'value_created'
                when list_has_any(verdicts, ['some', 'created'])
                then 'some_value'
                when list_contains(verdicts, 'negative')
                then 'negative'
                when list_contains(verdicts, 'none')
                then 'no_effect'
                else 'unmeasured'
            end as expected_status
        from rows_with_expected_verdicts
    )

select level, entity_id, value_status, is_judged, expected_status, score_verdict, money_verdict, quadrant
from rows_with_expected_status
where
    value_status <> expected_status
    or is_judged <> (expected_status not in ('not_delivered', 'unlinked', 'too_early', 'unmeasured'))
    or score_verdict is distinct from expected_score_verdict
    or money_verdict is distinct from expected_money_verdict
    or (money_verdict is not null and not is_cost_complete)
    or judged_from_date is distinct from expected_judged_from
    or judged_delivery_date > delivery_date
    or (judged_delivery_date is null) <> (delivery_date is null)
    or (delivery_date is not null and not is_delivered)
    or is_late <> (is_delivered and coalesce(work_done_date > due_date, false))
    or is_overdue <> (not is_delivered and due_date is not null and due_date < as_of_date)
    or (evidence_level is null) <> (outcome_key_results = 0)
    or quadrant <> case
        when expected_status = 'value_created'
        then case when is_late then 'emergent' else 'valued' end
        when expected_status = 'some_value'
        then 'partial'
        when expected_status = 'mixed'
        then 'mixed'
        when expected_status in ('negative', 'no_effect')
        then 'busywork'
        when expected_status = 'not_delivered' and (is_cancelled or is_overdue)
        then 'stalled'
        else 'undetermined'
    end
    or (value_status_reason = 'only_its_initiative_has_a_benefit')
    <> (expected_status = 'unmeasured' and outcome_key_results = 0 and level = 'deliverable')
    or (value_status_reason = 'its_initiative_lost_money')
    <> (expected_status = 'mixed' and not list_contains(verdicts, 'negative'))
    or (value_status_reason = 'cancelled') <> (expected_status = 'not_delivered' and is_cancelled)
