with
    settings as (select * from {{ ref("stg_settings") }}),

    entities as (select * from {{ ref("msr_value_entities") }}),

    judged_deliveries as (select * from {{ ref("msr_judged_deliveries") }}),

    money as (select * from {{ ref("msr_value_money") }}),

    scores as (select * from {{ ref("msr_value_scores") }}),

    entities_with_verdicts as (
        select
            entities.*,
            judged_deliveries.judged_delivery_date,
            judged_deliveries.judged_from_date,
            settings.as_of_date,
            money.cost_reporting_amount,
            money.is_cost_complete,
            money.budget_reporting_amount,
            money.actual_hard_reporting_amount as benefit_reporting_amount,
            money.actual_soft_reporting_amount as benefit_soft_reporting_amount,
            money.planned_hard_reporting_amount as benefit_planned_reporting_amount,
            money.has_benefit_row,
            money.has_actual_hard_benefit,
            coalesce(scores.outcome_key_results, 0) as outcome_key_results,
            coalesce(scores.outcome_key_results_usable, 0) as outcome_key_results_usable,
            coalesce(scores.is_goal_running, false) as is_goal_running,
            scores.unusable_reason,
            scores.outcome_score,
            scores.first_measured_date,
            case
                when scores.has_direct_evidence then 'direct' when scores.outcome_key_results > 0 then 'inherited'
            end as evidence_level,
            coalesce(scores.has_direct_score, false) as has_direct_score,
            case
                when scores.outcome_score <= {{ harm_score() }}
                then 'negative'
                when scores.outcome_score < settings.success_band_some
                then 'none'
                when scores.outcome_score < settings.success_band_good
                then 'some'
                when scores.outcome_score is not null
                then 'created'
            end as score_verdict,
            case
                when not (money.has_actual_hard_benefit and money.is_cost_complete)
                then null
                when money.actual_hard_reporting_amount < 0
                then 'negative'
                -- a loss is final once nothing more is planned
                when
                    money.has_cost
                    and money.is_plan_over
                    and money.actual_hard_reporting_amount < money.cost_reporting_amount
                then 'negative'
                when money.actual_hard_reporting_amount = 0
                then 'none'
                when money.actual_hard_reporting_amount <= money.cost_reporting_amount
                then 'some'
                else 'created'
            end as money_verdict
        from entities
        cross join settings
        inner join
            judged_deliveries
            on entities.level = judged_deliveries.level
            and entities.entity_key = judged_deliveries.entity_key
        inner join money on entities.level = money.level and entities.entity_key = money.entity_key
        left join scores on entities.level = scores.level and entities.entity_key = scores.entity_key
    ),

    initiatives as (
        select initiative_key, has_benefit_row, coalesce(money_verdict = 'negative', false) as has_lost_money
        from entities_with_verdicts
        where level = 'initiative'
    ),

    entities_with_verdict_flags as (
        select
            entities_with_verdicts.*,
            coalesce(initiatives.has_benefit_row, false) as has_initiative_benefit_row,
            coalesce(initiatives.has_lost_money, false) as has_initiative_lost_money,
            coalesce(score_verdict = 'created', false) or coalesce(money_verdict = 'created', false) as says_created,
            coalesce(score_verdict = 'some', false) or coalesce(money_verdict = 'some', false) as says_some,
            coalesce(score_verdict = 'none', false) or coalesce(money_verdict = 'none', false) as says_none,
            coalesce(score_verdict = 'negative', false) or coalesce(money_verdict = 'negative', false) as says_negative
        from entities_with_verdicts
        left join initiatives on entities_with_verdicts.initiative_key = initiatives.initiative_key
    ),

    entities_with_status as (
        select
            *,
            case
                when not is_delivered
                then 'not_delivered'
                when outcome_key_results = 0 and not has_initiative_benefit_row
                then 'unlinked'
                -- a benefit makes an initiative's case; a deliverable's case is its key results
                when outcome_key_results = 0 and level = 'deliverable'
                then 'unmeasured'
                when as_of_date < judged_from_date
                then 'too_early'
                -- a success isn't admitted before a failure would be
                when is_goal_running
                then 'too_early'
                when (says_negative or has_initiative_lost_money) and (says_some or says_created)
                then 'mixed'
                when says_negative
                then 'negative'
                -- key results that moved are not the whole value where the benefit is known not to have returned the
                -- cost
                when money_verdict = 'created' or (says_created and money_verdict is null)
                then 'value_created'
                when says_some or says_created
                then 'some_value'
                when says_none
                then 'no_effect'
                else 'unmeasured'
            end as value_status
        from entities_with_verdict_flags
    ),

    judgements as (
        select
            entities_with_status.*,
            value_status in ('value_created', 'some_value', 'mixed', 'no_effect', 'negative') as is_judged,
            case
                when value_status = 'not_delivered' and is_cancelled
                then 'cancelled'
                when value_status = 'not_delivered' and stage = 'unknown'
                then 'its_status_is_unknown'
                when value_status = 'not_delivered'
                then 'work_is_open'
                when value_status = 'unlinked'
                then 'linked_to_no_outcome_key_result'
                when value_status = 'too_early' and as_of_date < judged_from_date
                then 'the_observation_window_is_open'
                when value_status = 'too_early'
                then 'goal_running'
                when value_status = 'unmeasured' and outcome_key_results = 0 and level = 'deliverable'
                then 'only_its_initiative_has_a_benefit'
                when value_status = 'unmeasured' and delivery_date is null
                then 'its_day_of_delivery_is_unknown'
                when value_status = 'unmeasured' and outcome_key_results_usable > 0
                then 'under_half_of_its_key_results_by_weight_can_be_judged'
                when value_status = 'unmeasured' and outcome_key_results > 0
                then unusable_reason
                when value_status = 'unmeasured' and has_actual_hard_benefit
                then 'its_cost_is_incomplete'
                when value_status = 'unmeasured'
                then 'no_actual_hard_benefit'
                when value_status = 'mixed' and not says_negative
                then 'its_initiative_lost_money'
                when score_verdict is not null and money_verdict is not null
                then 'key_results_and_benefit_against_cost'
                when score_verdict is not null
                then 'key_results'
                else 'benefit_against_cost'
            end as value_status_reason,
            case
                when value_status = 'value_created' and not is_late
                then 'valued'
                when value_status = 'value_created'
                then 'emergent'
                when value_status = 'some_value'
                then 'partial'
                when value_status = 'mixed'
                then 'mixed'
                when value_status in ('no_effect', 'negative')
                then 'busywork'
                when not is_delivered and (is_cancelled or is_overdue)
                then 'stalled'
                else 'undetermined'
            end as quadrant,
            not is_delivered and has_benefit_row as is_benefit_without_delivery
        from entities_with_status
    )

select *
from judgements
