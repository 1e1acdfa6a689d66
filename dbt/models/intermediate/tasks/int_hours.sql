-- one row per booking of hours up to now, with the deliverable it went into and the person's team on that day
with
    time_entries as (select * from {{ ref("stg_time_entries") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    people as (select * from {{ ref("int_person_versions") }}),

    booked as (
        select
            time_entries.time_entry_id,
            time_entries.work_item_id,
            time_entries.person_id,
            time_entries.work_date,
            cast({{ dbt.date_trunc("month", "time_entries.work_date") }} as date) as month_start_date,
            time_entries.hours,
            cast(round(time_entries.hours * 3600, 0) as bigint) as seconds
        from time_entries
        cross join settings
        where time_entries.work_date <= settings.as_of_date
    ),

    attributed as (
        select
            booked.*,
            deliverables.deliverable_id,
            -- the team of that day, else the last one known
            case when team_then.person_id is not null then team_then.team_id else team_now.team_id end as team_id
        from booked
        left join deliverables on booked.work_item_id = deliverables.work_item_id
        left join
            people as team_then
            on booked.person_id = team_then.person_id
            and booked.work_date >= team_then.valid_from
            and booked.work_date < team_then.valid_to
        left join people as team_now on booked.person_id = team_now.person_id and team_now.is_latest
    )

select *
from attributed
