with
    versions as (select * from {{ ref("int_person_versions") }}),

    person_versions as (
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

    special_members_with_name as ({{ unknown_members("person") }}),

    -- people have no name here
    special_members as (select * exclude (person_name) from special_members_with_name),

    all_members as (
        select *
        from person_versions
        union all by name
        select *
        from special_members
    )

select *
from all_members
