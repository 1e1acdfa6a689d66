with
    hours as (select * from {{ ref("int_hours") }}),

    person_versions as (select * from {{ ref("dim_person") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    hours_with_person_and_team as (
        select hours.*, {{ version_keys("person", "hours.person_id") }}, {{ version_keys("team", "hours.team_id") }}
        from
            hours
            {{ join_versions("person", "person_versions", "hours.person_id", "hours.work_date") }}
            {{ join_versions("team", "team_versions", "hours.team_id", "hours.work_date") }}
    ),

    hours_with_keys as (
        select
            {{ surrogate_key(["time_entry_id"]) }} as time_entry_key,
            time_entry_id,
            work_date,
            person_key,
            current_person_key,
            -- the team of an unknown person, or one that has not arrived, is just as unknown
            case when person_key < 0 then person_key else team_key end as team_key,
            case when person_key < 0 then person_key else current_team_key end as current_team_key,
            work_item_id,
            {{ nearest_deliverable_key("hours_with_person_and_team") }} as deliverable_key,
            hours as worked_hours,
            is_past,
            source_file,
            source_record
        from hours_with_person_and_team
    )

select *
from hours_with_keys
