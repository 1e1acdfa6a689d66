with recursive
    teams as (select team_id, parent_team_id from {{ ref("int_team_versions") }} where is_latest),

    branches as (
        select team_id, team_id as member_team_id
        from teams
        union
        select branches.team_id, teams.team_id as member_team_id
        from branches
        inner join teams on branches.member_team_id = teams.parent_team_id
    )

select *
from branches
