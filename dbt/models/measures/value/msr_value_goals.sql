with
    settings as (select * from {{ ref("stg_settings") }}),

    judged_deliveries as (select * from {{ ref("msr_judged_deliveries") }}),

    links as (
        select *, evidence_level = 'direct' as is_direct
        from {{ ref("bridge_deliverable_key_result") }}
        where is_outcome
    ),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    -- postponing a due date after it has passed changes nothing
    terms as (
        select key_result_id, counted_due_date, is_scorable
        from {{ ref("dim_key_result") }}
        where is_current and key_result_key > 0
    ),

    deliverable_goals as (
        select 'deliverable' as level, deliverable_key as entity_key, key_result_id, cost_share, is_direct from links
    ),

    -- an initiative's weight of a key result is that of its deliverables; 1 where none of them is linked to it
    initiative_weights as (
        select
            deliverables.current_initiative_key as entity_key,
            links.key_result_id,
            sum(links.cost_share) as cost_share,
            bool_or(links.is_direct) as is_direct
        from links
        inner join deliverables on links.deliverable_key = deliverables.deliverable_key
        group by deliverables.current_initiative_key, links.key_result_id
    ),

    initiative_goals as (
        select
            'initiative' as level,
            goals.initiative_key as entity_key,
            goals.key_result_id,
            case when weights.cost_share > 0 then weights.cost_share else 1 end as cost_share,
            goals.is_own or coalesce(weights.is_direct, false) as is_direct
        from {{ ref("msr_initiative_key_results") }} as goals
        left join
            initiative_weights as weights
            on goals.initiative_key = weights.entity_key
            and goals.key_result_id = weights.key_result_id
        where goals.is_outcome
    ),

    goals as (
        select *
        from deliverable_goals
        union all
        select *
        from initiative_goals
    ),

    -- judged up to the later of its due date and the end of the observation window
    goals_with_dates as (
        select
            goals.*,
            terms.is_scorable,
            judged_deliveries.judged_delivery_date,
            greatest(terms.counted_due_date, judged_deliveries.judged_from_date) as judged_to_date,
            least(
                settings.as_of_date, greatest(terms.counted_due_date, judged_deliveries.judged_from_date)
            ) as read_to_date
        from goals
        inner join terms on goals.key_result_id = terms.key_result_id
        inner join
            judged_deliveries
            on goals.level = judged_deliveries.level
            and goals.entity_key = judged_deliveries.entity_key
        cross join settings
    ),

    readings_per_goal as (
        select
            goals_with_dates.level,
            goals_with_dates.entity_key,
            goals_with_dates.key_result_id,
            arg_max(readings.raw_score, readings.read_at) filter (
                readings.read_date <= goals_with_dates.judged_delivery_date
            ) as score_at_delivery,
            -- packed, so that the latest reading counts even where it has no score
            arg_max({raw_score:readings.raw_score, is_measured:readings.is_measured}, readings.read_at) filter (
                readings.read_date > goals_with_dates.judged_delivery_date
                and readings.read_date <= goals_with_dates.read_to_date
            ) as latest,
            min(readings.read_date) filter (
                readings.read_date > goals_with_dates.judged_delivery_date
                and readings.read_date <= goals_with_dates.read_to_date
            ) as first_measured_date
        from goals_with_dates
        inner join readings on goals_with_dates.key_result_id = readings.key_result_id
        group by goals_with_dates.level, goals_with_dates.entity_key, goals_with_dates.key_result_id
    ),

    goals_with_score as (
        select
            goals_with_dates.level,
            goals_with_dates.entity_key,
            goals_with_dates.key_result_id,
            goals_with_dates.judged_delivery_date,
            goals_with_dates.judged_to_date,
            goals_with_dates.is_direct,
            cast(goals_with_dates.cost_share as decimal(24, 12)) as weight,
            readings_per_goal.score_at_delivery,
            readings_per_goal.first_measured_date,
            readings_per_goal.latest.raw_score as latest_score,
            case
                when not goals_with_dates.is_scorable
                then 'its_key_results_lack_a_baseline_target_or_date'
                when readings_per_goal.latest is null
                then 'no_reading_of_its_key_results_since_delivery'
                when readings_per_goal.latest.raw_score is null or not readings_per_goal.latest.is_measured
                then 'the_movement_of_its_key_results_lies_within_noise'
                when
                    readings_per_goal.score_at_delivery >= settings.success_band_good
                    and readings_per_goal.latest.raw_score <= readings_per_goal.score_at_delivery
                then 'its_key_results_were_reached_before_delivery'
            end as unusable_reason,
            coalesce(goals_with_dates.judged_to_date > settings.as_of_date, false) as is_running
        from goals_with_dates
        cross join settings
        left join
            readings_per_goal
            on goals_with_dates.level = readings_per_goal.level
            and goals_with_dates.entity_key = readings_per_goal.entity_key
            and goals_with_dates.key_result_id = readings_per_goal.key_result_id
    )

select *
from goals_with_score
