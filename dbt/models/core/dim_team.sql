with
    teams as (
        select
            team_key,
            team_id,
            name as team_name,
            parent_team_id,
            is_pilot,
            pilot_start_date,
            pilot_side,
            pilot_side_key,
            source_file,
            source_record,
            valid_from,
            valid_to,
            is_current,
            is_latest
        from {{ ref("int_teams") }}
    ),

    special_members as (select *, team_key as pilot_side_key from ({{ unknown_members("team") }})),

    all_members as (
        select *
        from teams
        union all by name
        select *
        from special_members
    )

select *
from all_members
