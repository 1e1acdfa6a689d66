with
    deliverables as (select * from {{ ref("value_realization") }} where level = 'deliverable'),

    no_value as (select deliverable_key from {{ ref("msr_deliverable_value") }} where is_without_value),

    initiatives as (select initiative_key, initiative_name from {{ ref("dim_initiative") }} where is_latest),

    teams as (select team_key, team_name from {{ ref("dim_team") }} where is_latest),

    products as (select product_key, product_name from {{ ref("dim_product") }} where is_latest),

    listed_deliverables as (
        select
            deliverables.entity_key as deliverable_key,
            deliverables.entity_id as deliverable_id,
            deliverables.entity_name as deliverable_name,
            case
                when deliverables.value_status = 'not_delivered' then 'cancelled' else deliverables.value_status
            end as reason,
            deliverables.value_status_reason as reason_detail,
            deliverables.cost_reporting_amount,
            deliverables.is_cost_complete,
            deliverables.benefit_reporting_amount,
            deliverables.outcome_score,
            deliverables.delivery_date,
            deliverables.is_delivered and deliverables.due_date is not null and not deliverables.is_late as is_on_time,
            deliverables.initiative_key,
            initiatives.initiative_name,
            deliverables.team_key,
            teams.team_name,
            deliverables.product_key,
            products.product_name
        from deliverables
        inner join initiatives on deliverables.initiative_key = initiatives.initiative_key
        inner join teams on deliverables.team_key = teams.team_key
        inner join products on deliverables.product_key = products.product_key
        semi join no_value on deliverables.entity_key = no_value.deliverable_key
    )

select *
from listed_deliverables
