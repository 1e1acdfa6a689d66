with
    time_entries as (select * from {{ ref("stg_time_entries") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    work_items as (select work_item_id from {{ ref("stg_work_items") }}),

    nearest_deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    person_versions as (select * from {{ ref("int_person_versions") }}),

    hours as (
        select
            time_entries.time_entry_id,
            time_entries.work_item_id,
            work_items.work_item_id is not null as has_work_item,
            nearest_deliverables.deliverable_id,
            time_entries.person_id,
            -- the team of that day, else the latest one
            case
                when person_then.person_key is not null then person_then.team_id else person_now.team_id
            end as team_id,
            time_entries.work_date,
            time_entries.work_date <= settings.as_of_date as is_past,
            cast({{ dbt.date_trunc("month", "time_entries.work_date") }} as date) as month_start_date,
            time_entries.hours,
            cast(round(time_entries.hours * 3600, 0) as bigint) as seconds,
            time_entries.source_file,
            time_entries.source_record
        from time_entries
        cross join settings
        left join work_items on time_entries.work_item_id = work_items.work_item_id
        left join
            nearest_deliverables on time_entries.work_item_id = nearest_deliverables.work_item_id
            {{ join_versions("person", "person_versions", "time_entries.person_id", "time_entries.work_date") }}
    )

select *
from hours
