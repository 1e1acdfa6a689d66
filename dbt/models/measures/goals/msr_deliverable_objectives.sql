with
    deliverables as (select deliverable_key, current_initiative_key from {{ ref("fct_deliverables") }}),

    initiatives as (
        select initiative_key, objective_id from {{ ref("dim_initiative") }} where is_latest and initiative_key > 0
    ),

    objectives as (select objective_key, objective_id from {{ ref("dim_objective") }} where objective_key > 0),

    key_results as (select key_result_id, objective_id from {{ ref("stg_key_results") }}),

    links as (select * from {{ ref("bridge_deliverable_key_result") }}),

    shares_by_key_results as (
        select
            links.deliverable_key,
            {{ member_key("key_results.objective_id", "objectives.objective_key") }} as objective_key,
            sum(links.cost_share) as cost_share
        from links
        inner join key_results on links.key_result_id = key_results.key_result_id
        left join objectives on key_results.objective_id = objectives.objective_id
        group by all
    ),

    shares_by_initiative as (
        select
            deliverables.deliverable_key,
            {{ member_key("initiatives.objective_id", "objectives.objective_key") }} as objective_key,
            1 as cost_share
        from deliverables
        anti join links on deliverables.deliverable_key = links.deliverable_key
        left join initiatives on deliverables.current_initiative_key = initiatives.initiative_key
        left join objectives on initiatives.objective_id = objectives.objective_id
    ),

    all_shares as (
        select *
        from shares_by_key_results
        union all
        select *
        from shares_by_initiative
    ),

    ranked_shares as (
        select
            deliverable_key,
            objective_key,
            cast(cost_share as decimal(18, 12)) as cost_share,
            -- a deliverable is counted once: under the objective with the largest share of its cost
            row_number() over (partition by deliverable_key order by cost_share desc, objective_key) = 1 as is_main
        from all_shares
    )

select *
from ranked_shares
