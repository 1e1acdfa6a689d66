with
    versions as (select * from {{ ref("int_person_versions") }}),

    renamed as (
        select
            person_key,
            person_id,
            team_id,
            joined_date,
            left_date,
            source_file,
            source_record,
            valid_from,
            valid_to,
            is_current,
            is_latest
        from versions
    ),

    named_members as ({{ unknown_members("person") }}),

    -- people have no name here
    members as (select * exclude (person_name) from named_members),

    all_members as (
        select *
        from renamed
        union all by name
        select *
        from members
    )

select *
from all_members
