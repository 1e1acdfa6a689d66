with
    hours as (
        select * from {{ ref("int_hours") }} where is_past and deliverable_id is not null and team_id is not null
    ),

    seconds_per_person_and_team as (
        select deliverable_id, month_start_date, person_id, team_id, sum(seconds) as seconds
        from hours
        group by deliverable_id, month_start_date, person_id, team_id
    ),

    -- a person who changes teams counts once in a month, for the team of most hours
    people_per_month as (
        select *
        from seconds_per_person_and_team
        qualify
            row_number() over (partition by deliverable_id, month_start_date, person_id order by seconds desc, team_id)
            = 1
    ),

    teams_per_month as (
        select deliverable_id, month_start_date, count(distinct team_id) as teams
        from people_per_month
        group by deliverable_id, month_start_date
    )

select deliverable_id, max(teams) as contributor_teams
from teams_per_month
group by deliverable_id
