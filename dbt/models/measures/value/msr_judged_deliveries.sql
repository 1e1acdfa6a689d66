with
    settings as (select * from {{ ref("stg_settings") }}),

    entities as (select * from {{ ref("msr_value_entities") }}),

    deliverable_links as (select * from {{ ref("bridge_deliverable_key_result") }} where is_outcome),

    initiative_links as (select * from {{ ref("msr_initiative_key_results") }} where is_outcome),

    readings as (select * from {{ ref("int_key_result_readings") }} where is_measured),

    money as (select * from {{ ref("msr_value_money") }}),

    credits as (select * from {{ ref("fct_benefit_credits") }} where scenario = 'actual' and benefit_type = 'hard'),

    goals as (
        select 'deliverable' as level, deliverable_key as entity_key, key_result_id
        from deliverable_links
        union all
        select 'initiative' as level, initiative_key as entity_key, key_result_id
        from initiative_links
    ),

    -- the last score before work was first delivered, and the best one until it was delivered again
    scores_of_first_deliveries as (
        select
            entities.level,
            entities.entity_key,
            goals.key_result_id,
            arg_max(readings.raw_score, readings.read_at) filter (
                readings.read_date <= entities.first_delivery_date
            ) as score_at_delivery,
            max(readings.raw_score) filter (readings.read_date > entities.first_delivery_date) as best_score
        from entities
        inner join goals on entities.level = goals.level and entities.entity_key = goals.entity_key
        inner join readings on goals.key_result_id = readings.key_result_id
        where entities.first_delivery_date < entities.delivery_date and readings.read_date <= entities.delivery_date
        group by entities.level, entities.entity_key, goals.key_result_id
    ),

    -- the hard benefit of the months from the first delivery's to the last that ended before the next delivery
    benefits_of_first_deliveries as (
        select entities.level, entities.entity_key, sum(credits.credited_reporting_amount) as benefit
        from entities
        inner join
            money
            on entities.level = money.level
            and entities.entity_key = money.entity_key
            and money.has_actual_hard_benefit
            and money.is_cost_complete
        inner join
            credits
            on (
                (entities.level = 'initiative' and entities.entity_key = credits.initiative_key)
                or (entities.level = 'deliverable' and entities.entity_key = credits.deliverable_key)
            )
            and credits.month_start_date >= cast({{ dbt.date_trunc("month", "entities.first_delivery_date") }} as date)
            and cast({{ dbt.last_day("credits.month_start_date", "month") }} as date) < entities.delivery_date
        where entities.first_delivery_date < entities.delivery_date
        group by entities.level, entities.entity_key
    ),

    first_deliveries_with_value as (
        select scores.level, scores.entity_key
        from scores_of_first_deliveries as scores
        cross join settings
        where
            scores.best_score >= settings.success_band_some
            and coalesce(scores.best_score > scores.score_at_delivery, true)
        union distinct
        select level, entity_key
        from benefits_of_first_deliveries
        where benefit > 0
    ),

    judged_deliveries as (
        select
            entities.level,
            entities.entity_key,
            case
                when with_value.entity_key is not null then entities.first_delivery_date else entities.delivery_date
            end as judged_delivery_date
        from entities
        left join
            first_deliveries_with_value as with_value
            on entities.level = with_value.level
            and entities.entity_key = with_value.entity_key
    )

select
    judged_deliveries.*,
    cast(
        {{
            dbt.dateadd(
                "day",
                "cast(settings.observation_window_days as integer)",
                "judged_deliveries.judged_delivery_date",
            )
        }} as date
    ) as judged_from_date
from judged_deliveries
cross join settings
