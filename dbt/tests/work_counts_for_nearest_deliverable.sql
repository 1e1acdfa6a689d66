-- Money, hours and changes reach a deliverable through the work beneath it: one level off, they count for another.
{{ config(meta={"dagster": {"ref": {"name": "dim_deliverable"}}}) }}

with recursive
    work_items as (
        select work_item_id, parent_work_item_id, initiative_id, is_deliverable from {{ ref("stg_work_items") }}
    ),

    -- up from each item until the first deliverable
    climbs as (
        select work_item_id, work_item_id as at_id, is_deliverable as has_arrived, 1 as steps
        from work_items
        union all
        select
            climbs.work_item_id, parents.work_item_id as at_id, parents.is_deliverable as has_arrived, climbs.steps + 1
        from climbs
        inner join work_items on climbs.at_id = work_items.work_item_id
        inner join work_items as parents on work_items.parent_work_item_id = parents.work_item_id
        where not climbs.has_arrived and climbs.steps < 100
    ),

    nearest_deliverables as (
        select work_item_id, min(at_id) as deliverable_id from climbs where has_arrived group by work_item_id
    ),

    deliverables as (
        select deliverable_id, deliverable_key from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    published_keys as (
        select 'ledger' as fact, entries.ledger_entry_id as id, given.work_item_id, entries.deliverable_key
        from {{ ref("fct_ledger_entries") }} as entries
        inner join {{ ref("stg_ledger_entries") }} as given on entries.ledger_entry_id = given.ledger_entry_id
        union all
        select 'hours' as fact, time_entry_id as id, work_item_id, deliverable_key
        from {{ ref("fct_time_entries") }}
    ),

    expected_keys as (
        select
            published_keys.*,
            case
                when published_keys.work_item_id is null
                then -2
                when lower(published_keys.work_item_id) = 'unknown'
                then -1
                when deliverables.deliverable_key is not null
                then deliverables.deliverable_key
                when work_items.work_item_id is not null
                then -2
                else -3
            end as expected_key
        from published_keys
        left join work_items on published_keys.work_item_id = work_items.work_item_id
        left join nearest_deliverables on published_keys.work_item_id = nearest_deliverables.work_item_id
        left join deliverables on nearest_deliverables.deliverable_id = deliverables.deliverable_id
    ),

    -- a survey or a change speaks of the item that it names, and of no other
    own_changes as (
        select
            'change' as fact,
            changes.work_item_id,
            changes.deliverable_key,
            coalesce(deliverables.deliverable_key, -2) as expected_key
        from {{ ref("fct_work_item_changes") }} as changes
        left join deliverables on changes.work_item_id = deliverables.deliverable_id
    )

select fact, work_item_id, deliverable_key, expected_key
from expected_keys
where deliverable_key <> expected_key
union all
select fact, work_item_id, deliverable_key, expected_key
from own_changes
where deliverable_key <> expected_key
