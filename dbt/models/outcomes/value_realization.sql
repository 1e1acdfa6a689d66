with
    judgements as (select * from {{ ref("msr_value_judgements") }}),

    initiative_metrics as (
        select
            member_key,
            any_value(value) filter (metric_name = 'roi') as roi,
            any_value(status) filter (metric_name = 'roi') as roi_status,
            any_value(value) filter (metric_name = 'roi_planned') as roi_planned,
            any_value(status) filter (metric_name = 'roi_planned') as roi_planned_status,
            any_value(value) filter (metric_name = 'benefit_realisation_rate') as benefit_realisation_rate,
            any_value(status) filter (metric_name = 'benefit_realisation_rate') as benefit_realisation_rate_status,
            any_value(value) filter (metric_name = 'on_time_rate') as on_time_rate,
            any_value(status) filter (metric_name = 'on_time_rate') as on_time_rate_status
        from {{ ref("int_metric_values") }}
        where
            metric_name in ('roi', 'roi_planned', 'benefit_realisation_rate', 'on_time_rate')
            and grain = 'all'
            and dimension_name = 'initiative'
        group by member_key
    ),

    latest_reports as (
        select current_initiative_key, health, confidence, reported_date
        from {{ ref("fct_initiative_reports") }}
        where is_latest
    ),

    values_realized as (
        select
            {{ surrogate_key(["level", "entity_key"]) }} as value_realization_key,
            level,
            entity_key,
            entity_id,
            entity_name,
            initiative_key,
            product_key,
            team_key,
            objective_key,
            stage,
            is_delivered,
            is_cancelled,
            delivery_date,
            due_date,
            is_late,
            is_overdue,
            deliverables,
            deliverables_delivered,
            deliverables_due,
            deliverables_on_time,
            initiative_metrics.on_time_rate,
            case
                when level = 'initiative' then coalesce(initiative_metrics.on_time_rate_status, 'not_measured')
            end as on_time_rate_status,
            approved_reporting_amount,
            cast(cost_reporting_amount as decimal(28, 4)) as cost_reporting_amount,
            is_cost_complete,
            case
                when cost_reporting_amount > approved_reporting_amount
                then true
                when is_cost_complete and approved_reporting_amount is not null
                then false
            end as is_overspent,
            cast(budget_reporting_amount as decimal(28, 4)) as budget_reporting_amount,
            cast(benefit_reporting_amount as decimal(28, 4)) as benefit_reporting_amount,
            cast(benefit_soft_reporting_amount as decimal(28, 4)) as benefit_soft_reporting_amount,
            cast(benefit_planned_reporting_amount as decimal(28, 4)) as benefit_planned_reporting_amount,
            is_benefit_without_delivery,
            initiative_metrics.roi,
            case
                when level = 'initiative' then coalesce(initiative_metrics.roi_status, 'not_measured')
            end as roi_status,
            initiative_metrics.roi_planned,
            case
                when level = 'initiative' then coalesce(initiative_metrics.roi_planned_status, 'not_measured')
            end as roi_planned_status,
            initiative_metrics.benefit_realisation_rate,
            case
                when level = 'initiative'
                then coalesce(initiative_metrics.benefit_realisation_rate_status, 'not_measured')
            end as benefit_realisation_rate_status,
            outcome_key_results,
            outcome_key_results_usable,
            outcome_score,
            score_verdict,
            money_verdict,
            evidence_level,
            has_direct_score,
            judged_delivery_date,
            judged_from_date,
            first_measured_date,
            latest_reports.health,
            latest_reports.confidence,
            latest_reports.reported_date,
            value_status,
            value_status_reason,
            is_judged,
            quadrant
        from judgements
        left join initiative_metrics on level = 'initiative' and entity_key = initiative_metrics.member_key
        left join
            latest_reports
            on judgements.level = 'initiative'
            and judgements.entity_key = latest_reports.current_initiative_key
    )

select *
from values_realized
