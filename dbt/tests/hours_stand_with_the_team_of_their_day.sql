-- Hours carry labour cost to a team: that of the person on that day, as the people's own versions say.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    facts as (
        select
            entries.time_entry_id,
            entries.work_date,
            entries.person_key,
            entries.team_key,
            entries.current_team_key,
            people.team_id
        from {{ ref("fct_time_entries") }} as entries
        left join {{ ref("dim_person") }} as people on entries.person_key = people.person_key
    ),

    teams as (select * from {{ ref("dim_team") }} where team_key > 0),

    begun as (
        select facts.time_entry_id, max(teams.valid_from) as valid_from
        from facts
        inner join teams on facts.team_id = teams.team_id and facts.work_date >= teams.valid_from
        group by facts.time_entry_id
    ),

    told as (
        select
            facts.*,
            case
                when facts.person_key < 0
                then facts.person_key
                when facts.team_id is null
                then -2
                when lower(facts.team_id) = 'unknown'
                then -1
                else coalesce(if(facts.work_date < of_day.valid_to, of_day.team_key, null), newest.team_key, -3)
            end as expected_key,
            case
                when facts.person_key < 0
                then facts.person_key
                when facts.team_id is null
                then -2
                when lower(facts.team_id) = 'unknown'
                then -1
                else coalesce(newest.team_key, -3)
            end as expected_current_key
        from facts
        left join begun on facts.time_entry_id = begun.time_entry_id
        left join teams as of_day on facts.team_id = of_day.team_id and begun.valid_from = of_day.valid_from
        left join teams as newest on facts.team_id = newest.team_id and newest.is_latest
    )

select time_entry_id, team_key, expected_key, current_team_key, expected_current_key
from told
where team_key <> expected_key or current_team_key <> expected_current_key
