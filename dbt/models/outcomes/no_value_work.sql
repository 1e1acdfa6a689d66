with
    judged as (select * from {{ ref("value_realization") }} where level = 'deliverable'),

    initiatives as (select initiative_key, initiative_name from {{ ref("dim_initiative") }} where is_latest),

    teams as (select team_key, team_name from {{ ref("dim_team") }} where is_latest),

    products as (select product_key, product_name from {{ ref("dim_product") }} where is_latest),

    listed as (
        select
            judged.entity_key as deliverable_key,
            judged.entity_id as deliverable_id,
            judged.entity_name as deliverable_name,
            case when judged.value_status = 'not delivered' then 'cancelled' else judged.value_status end as reason,
            judged.value_status_reason as reason_detail,
            judged.cost_reporting_amount,
            judged.is_cost_complete,
            judged.benefit_reporting_amount,
            judged.outcome_score,
            judged.delivery_date,
            judged.is_delivered and judged.due_date is not null and not judged.is_late as is_on_time,
            judged.initiative_key,
            initiatives.initiative_name,
            judged.team_key,
            teams.team_name,
            judged.product_key,
            products.product_name
        from judged
        inner join initiatives on judged.initiative_key = initiatives.initiative_key
        inner join teams on judged.team_key = teams.team_key
        inner join products on judged.product_key = products.product_key
        where
            judged.value_status in ('unlinked', 'no effect', 'negative')
            or (judged.value_status = 'not delivered' and judged.is_cancelled)
    )

select *
from listed
