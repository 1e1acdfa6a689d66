with
    changes as (select * from {{ ref("int_work_item_changes") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    changes_with_keys as (
        select
            {{ surrogate_key(["changes.work_item_id", "changes.field", "changes.changed_at", "changes.change_seq"]) }}
            as work_item_change_key,
            changes.work_item_id,
            coalesce(deliverables.deliverable_key, -2) as deliverable_key,
            changes.field as field_name,
            changes.changed_at,
            changes.changed_date,
            changes.change_seq,
            changes.from_value,
            changes.to_value,
            changes.is_blank_change,
            changes.previous_value_hours,
            changes.source_file,
            changes.source_record
        from changes
        left join deliverables on changes.work_item_id = deliverables.deliverable_id
    )

select *
from changes_with_keys
