with
    judged as (
        select *
        from {{ ref("value_realization") }}
        where value_status = 'value created' and score_verdict = 'created' and has_direct_score
    ),

    goals as (select * from {{ ref("msr_value_goals") }} where unusable_reason is null and is_direct),

    key_results as (select key_result_id, name from {{ ref("stg_key_results") }}),

    initiatives as (select initiative_key, initiative_name from {{ ref("dim_initiative") }} where is_latest),

    teams as (select team_key, team_name from {{ ref("dim_team") }} where is_latest),

    products as (select product_key, product_name from {{ ref("dim_product") }} where is_latest),

    -- the key result that stands for the win: the heaviest, then the best, of those linked directly
    best as (
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

    listed as (
        select
            judged.value_realization_key,
            judged.level,
            judged.entity_key,
            judged.entity_id,
            judged.entity_name,
            best.key_result_id,
            best.key_result_name,
            best.key_result_score,
            judged.outcome_score,
            judged.delivery_date,
            judged.is_late,
            judged.cost_reporting_amount,
            judged.benefit_reporting_amount,
            judged.initiative_key,
            initiatives.initiative_name,
            judged.team_key,
            teams.team_name,
            judged.product_key,
            products.product_name
        from judged
        inner join best on judged.level = best.level and judged.entity_key = best.entity_key
        inner join initiatives on judged.initiative_key = initiatives.initiative_key
        inner join teams on judged.team_key = teams.team_key
        inner join products on judged.product_key = products.product_key
    )

select *
from listed
