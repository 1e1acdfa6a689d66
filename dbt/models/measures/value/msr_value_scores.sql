with
    goals as (select * from {{ ref("msr_value_goals") }}),

    goals_with_clamped_score as (
        select
            *,
            unusable_reason is null as is_usable,
            cast(greatest(-1.0, least(1.0, latest_score)) as decimal(14, 12)) as clamped_score
        from goals
    ),

    sums_per_entity as (
        select
            level,
            entity_key,
            count(*) as outcome_key_results,
            count(*) filter (is_usable) as outcome_key_results_usable,
            bool_or(is_direct) as has_direct_evidence,
            bool_or(is_direct) filter (is_usable) as has_direct_score,
            bool_or(is_running) as is_goal_running,
            min(first_measured_date) as first_measured_date,
            min(unusable_reason) as unusable_reason,
            sum(weight) as total_weight,
            coalesce(sum(weight) filter (is_usable), 0) as usable_weight,
            sum(weight * clamped_score) filter (is_usable) as weighted_score
        from goals_with_clamped_score
        group by level, entity_key
    ),

    scores_per_entity as (
        select
            *,
            -- under half the weight says nothing about the whole
            case
                when usable_weight > 0 and usable_weight * 2 >= total_weight
                then round(cast(weighted_score as double) / cast(usable_weight as double), 12)
            end as outcome_score
        from sums_per_entity
    )

select *
from scores_per_entity
