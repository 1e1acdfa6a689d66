with
    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select work_item_id as deliverable_id, item_type from {{ ref("int_deliverables") }}),

    links as (select * from {{ ref("int_deliverable_key_results") }}),

    deliverables_with_alignment as (
        select
            deliverables.deliverable_id,
            list_contains(settings.run_item_types, deliverables.item_type) as is_run,
            bool_or(links.is_outcome) as is_aligned,
            bool_or(links.is_outcome and links.is_direct) as is_directly_aligned
        from deliverables
        cross join settings
        left join links on deliverables.deliverable_id = links.deliverable_id
        group by deliverables.deliverable_id, deliverables.item_type, settings.run_item_types
    )

select *
from deliverables_with_alignment
