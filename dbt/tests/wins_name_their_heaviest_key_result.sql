-- A win is told by one key result: the one that weighs most, then the one that moved furthest, of those linked
-- directly.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "wins"}}}) }}

with
    best as (
        select
            level,
            entity_key,
            max_by(key_result_id, row(weight, latest_score)) as key_result_id,
            max(row(weight, latest_score)) as best_rank,
            count(*) as goals
        from {{ ref("msr_value_goals") }}
        where unusable_reason is null and is_direct
        group by level, entity_key
    ),

    told as (
        select wins.*, goals.weight, goals.latest_score, key_results.name as expected_name
        from {{ ref("wins") }} as wins
        left join
            {{ ref("msr_value_goals") }} as goals
            on wins.level = goals.level
            and wins.entity_key = goals.entity_key
            and wins.key_result_id = goals.key_result_id
        left join {{ ref("stg_key_results") }} as key_results on wins.key_result_id = key_results.key_result_id
    )

select told.entity_id, told.key_result_id, best.key_result_id as expected_key_result_id
from told
left join best on told.level = best.level and told.entity_key = best.entity_key
where
    best.goals is null
    or row(told.weight, told.latest_score) is distinct from best.best_rank
    or told.key_result_score is distinct from told.latest_score
    or told.key_result_name is distinct from told.expected_name
