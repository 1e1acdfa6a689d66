with
    changes as (select * from {{ ref("stg_work_item_changes") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    changes_with_previous as (
        select
            *,
            lag(changed_at) over (
                partition by work_item_id, field order by changed_at, change_seq
            ) as previous_changed_at
        from changes
    ),

    work_item_changes as (
        select
            changes_with_previous.* exclude (previous_changed_at),
            {{ local_date("changed_at", "settings.time_zone") }} as changed_date,
            from_value is null or to_value is null as is_blank_change,
            {{ seconds_between("previous_changed_at", "changed_at") }} / cast(3600 as double) as previous_value_hours
        from changes_with_previous
        cross join settings
    )

select *
from work_item_changes
