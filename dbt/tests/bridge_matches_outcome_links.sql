-- A deliverable is judged by its linked key results: the level and kind of each link are derived here from the feeds.
{{ config(meta={"dagster": {"ref": {"name": "bridge_deliverable_key_result"}}}) }}

with
    compared_links as (
        select
            bridge.*,
            key_results.kind,
            key_results.due_date as expected_due_date,
            current_goals.key_result_key as expected_key,
            deliverables.deliverable_key as expected_deliverable_key
        from {{ ref("bridge_deliverable_key_result") }} as bridge
        left join {{ ref("stg_key_results") }} as key_results on bridge.key_result_id = key_results.key_result_id
        left join
            {{ ref("dim_key_result") }} as current_goals
            on bridge.key_result_id = current_goals.key_result_id
            and current_goals.is_latest
        left join {{ ref("dim_deliverable") }} as deliverables on bridge.deliverable_id = deliverables.deliverable_id
    ),

    links as (
        select links.work_item_id, links.key_result_id, items.deliverable_key
        from {{ ref("stg_outcome_links") }} as links
        inner join {{ ref("stg_key_results") }} as key_results on links.key_result_id = key_results.key_result_id
        inner join
            {{ ref("dim_deliverable") }} as items
            on links.work_item_id = items.deliverable_id
            and links.valid_from is null
            and links.valid_to is null
    ),

    -- a link of its own that is always valid can't be missing
    missing_links as (
        select links.work_item_id, links.key_result_id
        from links
        left join
            {{ ref("bridge_deliverable_key_result") }} as bridge
            on links.deliverable_key = bridge.deliverable_key
            and links.key_result_id = bridge.key_result_id
            and bridge.evidence_level = 'direct'
        where bridge.deliverable_key is null
    )

select deliverable_id, key_result_id, 'differs' as fault
from compared_links
where
    evidence_level is distinct from if(link_level = 'work', 'direct', 'inherited')
    or is_outcome is distinct from (kind = 'outcome')
    or due_date is distinct from expected_due_date
    or key_result_key is distinct from expected_key
    or deliverable_key is distinct from expected_deliverable_key
    or link_weight <= 0
    or cost_share not between 0
    and 1
    or benefit_share not between 0
    and 1
union all
select work_item_id, key_result_id, 'missing' as fault
from missing_links
