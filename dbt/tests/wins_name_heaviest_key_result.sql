-- A win by key results is shown with one: the directly linked one with the most weight, then with the best score. One
-- by money has none.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "wins"}}}) }}

with
    best_goal_per_entity as (
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

    wins_with_goal as (
        select wins.*, goals.weight, goals.latest_score, key_results.name as expected_name
        from {{ ref("wins") }} as wins
        left join
            {{ ref("msr_value_goals") }} as goals
            on wins.level = goals.level
            and wins.entity_key = goals.entity_key
            and wins.key_result_id = goals.key_result_id
        left join {{ ref("stg_key_results") }} as key_results on wins.key_result_id = key_results.key_result_id
    )

select
    wins_with_goal.entity_id, wins_with_goal.key_result_id, best_goal_per_entity.key_result_id as expected_key_result_id
from wins_with_goal
left join
    best_goal_per_entity
    on wins_with_goal.level = best_goal_per_entity.level
    and wins_with_goal.entity_key = best_goal_per_entity.entity_key
where
    (wins_with_goal.key_result_id is null) <> (wins_with_goal.shown_by = 'money')
    or (
        wins_with_goal.shown_by <> 'money'
        and (
            best_goal_per_entity.goals is null
            or row(wins_with_goal.weight, wins_with_goal.latest_score) is distinct from best_goal_per_entity.best_rank
        )
    )
    or wins_with_goal.key_result_score is distinct from wins_with_goal.latest_score
    or wins_with_goal.key_result_name is distinct from wins_with_goal.expected_name
