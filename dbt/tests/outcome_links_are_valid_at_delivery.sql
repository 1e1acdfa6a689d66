-- Work is judged by what it was meant for when it was delivered: a link counts from its first day to its last.
{{ config(meta={"dagster": {"ref": {"name": "bridge_deliverable_key_result"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    key_results as (select * from {{ ref("stg_key_results") }}),

    deliverables as (
        select
            facts.work_item_id,
            items.initiative_id,
            initiatives.objective_id,
            least(coalesce(facts.delivery_date, settings.as_of_date), settings.as_of_date) as linked_date
        from {{ ref("fct_deliverables") }} as facts
        cross join settings
        inner join {{ ref("stg_work_items") }} as items on facts.work_item_id = items.work_item_id
        left join {{ ref("stg_initiatives") }} as initiatives on items.initiative_id = initiatives.initiative_id
    ),

    -- how far a link may stand from a deliverable: on it or beneath it, above it, on its initiative
    linkable_ids as (
        select ancestor_id as work_item_id, 'item ' || work_item_id as linked_id, 0 as distance
        from {{ ref("int_work_item_ancestors") }}
        union all
        select work_item_id, 'item ' || ancestor_id as linked_id, distance
        from {{ ref("int_work_item_ancestors") }}
        where distance > 0
        union all
        select work_item_id, 'initiative ' || initiative_id as linked_id, 1000 as distance
        from deliverables
    ),

    links as (
        select
            coalesce('item ' || links.work_item_id, 'initiative ' || links.initiative_id) as linked_id,
            links.key_result_id,
            links.valid_from,
            links.valid_to
        from {{ ref("stg_outcome_links") }} as links
        semi join key_results on links.key_result_id = key_results.key_result_id
    ),

    valid_links as (
        select deliverables.work_item_id, links.key_result_id, linkable_ids.distance
        from deliverables
        inner join linkable_ids on deliverables.work_item_id = linkable_ids.work_item_id
        inner join links on linkable_ids.linked_id = links.linked_id
        where
            (links.valid_from is null or links.valid_from <= deliverables.linked_date)
            and (links.valid_to is null or links.valid_to > deliverables.linked_date)
        union all
        select deliverables.work_item_id, key_results.key_result_id, 2000 as distance
        from deliverables
        inner join key_results on deliverables.objective_id = key_results.objective_id
    ),

    nearest_links as (select * from valid_links qualify distance = min(distance) over (partition by work_item_id)),

    expected_links as (
        select distinct
            work_item_id,
            key_result_id,
            case
                distance when 0 then 'work' when 1000 then 'initiative' when 2000 then 'objective' else 'ancestor'
            end as link_level
        from nearest_links
    )

select
    coalesce(bridge.deliverable_id, expected_links.work_item_id) as deliverable_id,
    coalesce(bridge.key_result_id, expected_links.key_result_id) as key_result_id,
    bridge.link_level,
    expected_links.link_level as expected_level
from {{ ref("bridge_deliverable_key_result") }} as bridge
full outer join
    expected_links
    on bridge.deliverable_id = expected_links.work_item_id
    and bridge.key_result_id = expected_links.key_result_id
where bridge.link_level is distinct from expected_links.link_level
