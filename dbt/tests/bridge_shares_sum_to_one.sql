-- A share that is lost or given twice moves cost and benefit to the wrong place without changing any later total.
{{ config(meta={"dagster": {"ref": {"name": "bridge_deliverable_key_result"}}}) }}

with
    cost_share_totals as (
        select 'cost_share of a deliverable' as what, deliverable_id as of_which, sum(cost_share) as total
        from {{ ref("bridge_deliverable_key_result") }}
        group by deliverable_id
    ),

    benefit_share_totals as (
        select 'benefit_share of a key result' as what, key_result_id as of_which, sum(benefit_share) as total
        from {{ ref("bridge_deliverable_key_result") }}
        group by key_result_id
    ),

    all_totals as (
        select *
        from cost_share_totals
        union all
        select *
        from benefit_share_totals
    )

select *
from all_totals
where total <> 1
