with
    settings as (select * from {{ ref("stg_settings") }}),

    versions as (select * from {{ ref("int_team_versions") }}),

    -- a team that will be a pilot is none yet; a pilot whose start nobody knows is on neither side
    versions_with_side as (
        select
            versions.team_key,
            versions.team_id,
            versions.name as team_name,
            versions.parent_team_id,
            coalesce(versions.is_pilot, false) as is_pilot,
            versions.pilot_start_date,
            case
                when not coalesce(versions.is_pilot, false) or versions.pilot_start_date > settings.as_of_date
                then 'rest'
                when versions.pilot_start_date is not null
                then 'pilot'
            end as pilot_side,
            {{ pilot_side_key("pilot_side") }} as pilot_side_key,
            versions.source_file,
            versions.source_record,
            versions.valid_from,
            versions.valid_to,
            versions.is_current,
            versions.is_latest
        from versions
        cross join settings
    ),

    members as (select *, team_key as pilot_side_key from ({{ unknown_members("team") }})),

    all_members as (
        select *
        from versions_with_side
        union all by name
        select *
        from members
    )

select *
from all_members
