with
    value_realization as (select * from {{ ref("value_realization") }}),

    wins as (select * from {{ ref("msr_wins") }}),

    judged_wins as (
        select
            value_realization.*,
            wins.shown_by,
            wins.recognised_date,
            wins.is_recognised,
            wins.shown_by <> 'money' as is_shown_by_key_results
        from value_realization
        inner join wins on value_realization.level = wins.level and value_realization.entity_key = wins.entity_key
    ),

    goals as (select * from {{ ref("msr_value_goals") }} where unusable_reason is null and is_direct),

    key_results as (select key_result_id, name from {{ ref("stg_key_results") }}),

    initiatives as (select initiative_key, initiative_name from {{ ref("dim_initiative") }} where is_latest),

    teams as (select team_key, team_name from {{ ref("dim_team") }} where is_latest),

    products as (select product_key, product_name from {{ ref("dim_product") }} where is_latest),

    -- the directly linked key result with the most weight, then with the best score, represents the win
    best_goal_per_entity as (
        select
            goals.level,
            goals.entity_key,
            goals.key_result_id,
            key_results.name as key_result_name,
            goals.latest_score as key_result_score
        from goals
        inner join key_results on goals.key_result_id = key_results.key_result_id
        qualify
            row_number() over (
                partition by goals.level, goals.entity_key
                order by goals.weight desc, goals.latest_score desc, goals.key_result_id
            )
            = 1
    ),

    listed_wins as (
        select
            judged_wins.value_realization_key,
            judged_wins.level,
            judged_wins.entity_key,
            judged_wins.entity_id,
            judged_wins.entity_name,
            judged_wins.shown_by,
            best_goal_per_entity.key_result_id,
            best_goal_per_entity.key_result_name,
            best_goal_per_entity.key_result_score,
            judged_wins.outcome_score,
            judged_wins.delivery_date,
            judged_wins.is_late,
            judged_wins.is_recognised,
            judged_wins.recognised_date,
            judged_wins.cost_reporting_amount,
            judged_wins.benefit_reporting_amount,
            judged_wins.initiative_key,
            initiatives.initiative_name,
            judged_wins.team_key,
            teams.team_name,
            judged_wins.product_key,
            products.product_name
        from judged_wins
        left join
            best_goal_per_entity
            on judged_wins.is_shown_by_key_results
            and judged_wins.level = best_goal_per_entity.level
            and judged_wins.entity_key = best_goal_per_entity.entity_key
        inner join initiatives on judged_wins.initiative_key = initiatives.initiative_key
        inner join teams on judged_wins.team_key = teams.team_key
        inner join products on judged_wins.product_key = products.product_key
    )

select *
from listed_wins
