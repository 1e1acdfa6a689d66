with
    teams as (select team_key, team_id from {{ ref("dim_team") }} where is_latest),

    branches as (select * from {{ ref("int_team_branches") }}),

    -- a team's budget is also for the teams beneath it, and what names no team (-2) for all
    budget_teams as (
        select leading_teams.team_key, member_teams.team_key as member_team_key
        from branches
        inner join teams as leading_teams on branches.team_id = leading_teams.team_id
        inner join teams as member_teams on branches.member_team_id = member_teams.team_id
        union distinct
        select team_key, team_key as member_team_key
        from teams
        union distinct
        select cast(-2 as bigint) as team_key, team_key as member_team_key
        from teams
    )

select *
from budget_teams
