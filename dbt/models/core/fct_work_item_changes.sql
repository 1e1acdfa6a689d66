with
    changes as (select * from {{ ref("stg_work_item_changes") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    timed as (
        select
            changes.*,
            lag(changed_at) over (
                partition by work_item_id, field order by changed_at, change_seq
            ) as previous_changed_at
        from changes
    ),

    keyed as (
        select
            {{ surrogate_key(["timed.work_item_id", "timed.field", "timed.changed_at", "timed.change_seq"]) }}
            as work_item_change_key,
            timed.work_item_id,
            coalesce(deliverables.deliverable_key, -2) as deliverable_key,
            timed.field as field_name,
            timed.changed_at,
            {{ local_date("timed.changed_at", "settings.time_zone") }} as changed_date,
            timed.change_seq,
            timed.from_value,
            timed.to_value,
            -- a value blanked or restored is a fault of the record, not work: never count it as rework
            timed.from_value is null or timed.to_value is null as is_blank_change,
            {{ seconds_between("timed.previous_changed_at", "timed.changed_at") }}
            / cast(3600 as double) as previous_value_hours,
            timed.source_file,
            timed.source_record
        from timed
        cross join settings
        left join deliverables on timed.work_item_id = deliverables.deliverable_id
    )

select *
from keyed
