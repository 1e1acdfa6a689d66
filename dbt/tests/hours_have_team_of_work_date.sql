-- Hours carry labour cost to a team: it is the team of the person on that day, by the person's own versions.
{{ config(meta={"dagster": {"ref": {"name": "fct_time_entries"}}}) }}

with
    time_entries as (
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

    last_begun_versions as (
        select time_entries.time_entry_id, max(teams.valid_from) as valid_from
        from time_entries
        inner join teams on time_entries.team_id = teams.team_id and time_entries.work_date >= teams.valid_from
        group by time_entries.time_entry_id
    ),

    compared_entries as (
        select
            time_entries.*,
            case
                when time_entries.person_key < 0
                then time_entries.person_key
                when time_entries.team_id is null
                then -2
                when lower(time_entries.team_id) = 'unknown'
                then -1
                else coalesce(if(time_entries.work_date < of_day.valid_to, of_day.team_key, null), newest.team_key, -3)
            end as expected_key,
            case
                when time_entries.person_key < 0
                then time_entries.person_key
                when time_entries.team_id is null
                then -2
                when lower(time_entries.team_id) = 'unknown'
                then -1
                else coalesce(newest.team_key, -3)
            end as expected_current_key
        from time_entries
        left join last_begun_versions on time_entries.time_entry_id = last_begun_versions.time_entry_id
        left join
            teams as of_day
            on time_entries.team_id = of_day.team_id
            and last_begun_versions.valid_from = of_day.valid_from
        left join teams as newest on time_entries.team_id = newest.team_id and newest.is_latest
    )

select time_entry_id, team_key, expected_key, current_team_key, expected_current_key
from compared_entries
where team_key <> expected_key or current_team_key <> expected_current_key
