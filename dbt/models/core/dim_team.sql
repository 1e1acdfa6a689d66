with
    versions as (select * from {{ ref("int_team_versions") }}),

    renamed as (
        select
            team_key,
            team_id,
            name as team_name,
            parent_team_id,
            coalesce(is_pilot, false) as is_pilot,
            pilot_start_date,
            source_file,
            source_record,
            valid_from,
            valid_to,
            is_current,
            is_latest
        from versions
    ),

    members as ({{ unknown_members("team") }}),

    all_members as (
        select *
        from renamed
        union all by name
        select *
        from members
    )

select *
from all_members
