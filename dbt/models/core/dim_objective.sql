with
    objectives as (select * from {{ ref("stg_objectives") }}),

    teams as (select * from {{ ref("dim_team") }} where is_latest and team_key > 0),

    objectives_with_keys as (
        select
            {{ surrogate_key(["objectives.objective_id"]) }} as objective_key,
            objectives.objective_id,
            objectives.name as objective_name,
            objectives.parent_objective_id,
            objectives.team_id,
            {{ member_key("objectives.team_id", "teams.team_key") }} as team_key,
            objectives.owner_id as owner_person_id,
            objectives.period_start as period_start_date,
            objectives.period_end as period_end_date,
            objectives.source_file,
            objectives.source_record
        from objectives
        left join teams on objectives.team_id = teams.team_id
    ),

    special_members as (
        select
            member_key as objective_key,
            member_id as objective_id,
            member_name as objective_name,
            member_key as team_key
        from ({{ special_members() }})
    ),

    all_members as (
        select *
        from objectives_with_keys
        union all by name
        select *
        from special_members
    )

select *
from all_members
