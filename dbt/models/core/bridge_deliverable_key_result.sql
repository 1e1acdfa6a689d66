with
    links as (select * from {{ ref("int_deliverable_key_results") }}),

    key_results as (select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    links_with_keys as (
        select
            {{ surrogate_key(["deliverables.deliverable_key", "links.key_result_id"]) }} as deliverable_key_result_key,
            deliverables.deliverable_key,
            key_results.key_result_key,
            links.deliverable_id,
            links.key_result_id,
            links.is_outcome,
            links.due_date,
            case when links.is_direct then 'direct' else 'inherited' end as evidence_level,
            links.link_level,
            links.link_weight,
            links.cost_share,
            links.benefit_share
        from links
        inner join deliverables on links.deliverable_id = deliverables.deliverable_id
        inner join key_results on links.key_result_id = key_results.key_result_id
    )

select *
from links_with_keys
