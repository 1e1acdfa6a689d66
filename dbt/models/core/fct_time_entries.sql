with
    entries as (select * from {{ ref("stg_time_entries") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    work_items as (select work_item_id from {{ ref("stg_work_items") }}),

    nearest_deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    attributed as (
        select
            entries.*,
            entries.work_date <= settings.as_of_date as is_past,
            case
                when nearest_deliverables.deliverable_id is not null
                then {{ surrogate_key(["nearest_deliverables.deliverable_id"]) }}
                when work_items.work_item_id is not null
                then -2
            end as deliverable_key
        from entries
        cross join settings
        left join work_items on entries.work_item_id = work_items.work_item_id
        left join nearest_deliverables on entries.work_item_id = nearest_deliverables.work_item_id
    ),

    -- the team that the person belonged to on the day of the work
    of_people as (
        select
            attributed.*,
            {{ version_keys("person", "attributed.person_id") }},
            case when person_then.person_key is not null then person_then.team_id else person_now.team_id end as team_id
        from attributed {{ join_versions("person", "attributed.person_id", "attributed.work_date") }}
    ),

    of_teams as (
        select of_people.*, {{ version_keys("team", "of_people.team_id") }}
        from of_people {{ join_versions("team", "of_people.team_id", "of_people.work_date") }}
    ),

    keyed as (
        select
            {{ surrogate_key(["time_entry_id"]) }} as time_entry_key,
            time_entry_id,
            work_date,
            person_key,
            current_person_key,
            -- of a person unknown or not yet arrived the team is just that
            case when person_key < 0 then person_key else team_key end as team_key,
            case when person_key < 0 then person_key else current_team_key end as current_team_key,
            work_item_id,
            {{ member_key("work_item_id", "deliverable_key") }} as deliverable_key,
            hours as worked_hours,
            is_past,
            source_file,
            source_record
        from of_teams
    )

select *
from keyed
