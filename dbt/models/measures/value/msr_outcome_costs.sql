with
    settings as (select * from {{ ref("stg_settings") }}),

    links as (select * from {{ ref("bridge_deliverable_key_result") }} where is_outcome),

    deliverables as (select * from {{ ref("msr_deliverable_value") }}),

    money as (select * from {{ ref("msr_value_money") }} where level = 'deliverable'),

    progress as (select * from {{ ref("fct_key_result_progress") }} where is_now and score_status = 'measured'),

    key_results as (
        select key_result_key, objective_id from {{ ref("dim_key_result") }} where is_current and key_result_key > 0
    ),

    objectives as (select objective_id, objective_key from {{ ref("dim_objective") }} where objective_key > 0),

    linked_costs as (
        select
            links.deliverable_key_result_key,
            links.key_result_key,
            {{ member_key("key_results.objective_id", "objectives.objective_key") }} as objective_key,
            deliverables.initiative_key,
            settings.as_of_date,
            money.is_cost_complete and progress.clamped_score is not null as is_measured,
            -- in decimals, whose sums don't depend on the order of the rows
            cast(
                cast(money.cost_reporting_amount as double) * cast(links.cost_share as double) as decimal(38, 16)
            ) as cost,
            cast(cast(links.benefit_share as double) * progress.clamped_score as decimal(38, 24)) as gain
        from links
        cross join settings
        inner join deliverables on links.deliverable_key = deliverables.deliverable_key
        inner join money on links.deliverable_key = money.entity_key
        inner join key_results on links.key_result_key = key_results.key_result_key
        left join objectives on key_results.objective_id = objectives.objective_id
        left join progress on links.key_result_key = progress.current_key_result_key
    ),

    -- a gain for which an initiative has booked no cost isn't a gain that cost nothing
    outcome_costs as (
        select
            * exclude (is_measured),
            is_measured
            and coalesce(
                sum(case when is_measured then cost end) over (partition by key_result_key, initiative_key) > 0, false
            ) as is_measured
        from linked_costs
    )

select *
from outcome_costs
