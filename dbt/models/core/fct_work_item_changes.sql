with
    changes as (select * from {{ ref("stg_work_item_changes") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    changes_with_previous as (
        select
            changes.*,
            lag(changed_at) over (
                partition by work_item_id, field order by changed_at, change_seq
            ) as previous_changed_at
        from changes
    ),

    changes_with_keys as (
        select
            {{
                surrogate_key(
                    [
                        "changes_with_previous.work_item_id",
                        "changes_with_previous.field",
                        "changes_with_previous.changed_at",
                        "changes_with_previous.change_seq",
                    ]
                )
            }} as work_item_change_key,
            changes_with_previous.work_item_id,
            coalesce(deliverables.deliverable_key, -2) as deliverable_key,
            changes_with_previous.field as field_name,
            changes_with_previous.changed_at,
            {{ local_date("changes_with_previous.changed_at", "settings.time_zone") }} as changed_date,
            changes_with_previous.change_seq,
            changes_with_previous.from_value,
            changes_with_previous.to_value,
            -- a value blanked or restored is a fault of the record, not work: never count it as rework
            changes_with_previous.from_value is null or changes_with_previous.to_value is null as is_blank_change,
            {{ seconds_between("changes_with_previous.previous_changed_at", "changes_with_previous.changed_at") }}
            / cast(3600 as double) as previous_value_hours,
            changes_with_previous.source_file,
            changes_with_previous.source_record
        from changes_with_previous
        cross join settings
        left join deliverables on changes_with_previous.work_item_id = deliverables.deliverable_id
    )

select *
from changes_with_keys
