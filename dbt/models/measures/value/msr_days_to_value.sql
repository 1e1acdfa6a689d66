with
    settings as (select * from {{ ref("stg_settings") }}),

    judged_deliveries as (
        select *
        from {{ ref("msr_judged_deliveries") }}
        where level = 'deliverable' and judged_delivery_date is not null
    ),

    goals as (select * from {{ ref("msr_value_goals") }} where level = 'deliverable'),

    readings as (select * from {{ ref("int_key_result_readings") }} where is_measured),

    scores_since_delivery as (
        select
            goals.entity_key,
            min(readings.read_date) filter (
                readings.raw_score >= settings.success_band_some
                and coalesce(readings.raw_score > goals.score_at_delivery, true)
            ) as reached_date,
            count(readings.read_date) as scores
        from goals
        cross join settings
        inner join judged_deliveries on goals.entity_key = judged_deliveries.entity_key
        left join
            readings
            on goals.key_result_id = readings.key_result_id
            and readings.read_date > judged_deliveries.judged_delivery_date
            and readings.read_date <= goals.judged_to_date
        group by goals.entity_key
    ),

    judgement_ends as (select entity_key, max(judged_to_date) as judged_to_date from goals group by entity_key),

    deliverables_with_days_to_value as (
        select
            judged_deliveries.entity_key as deliverable_key,
            case
                when judgement_ends.judged_to_date > settings.as_of_date or scores_since_delivery.scores = 0
                then null
                when scores_since_delivery.reached_date is null
                then cast('infinity' as double)
                else
                    {{
                        dbt.datediff(
                            "judged_deliveries.judged_delivery_date", "scores_since_delivery.reached_date", "day"
                        )
                    }}
            end as days_to_value
        from judged_deliveries
        cross join settings
        inner join judgement_ends on judged_deliveries.entity_key = judgement_ends.entity_key
        inner join scores_since_delivery on judged_deliveries.entity_key = scores_since_delivery.entity_key
    )

select *
from deliverables_with_days_to_value
