-- one row a time entry: the team of its person on that day, as last shown before it; where the person was gone by then
-- or never shown before, the last team known, or the first
with
    shown_people as (
        select time_entry_id, people.*, people.observed_at <= work_date::timestamp as is_before
        from feed.time_entries as hours
        inner join stage.landing.people as people using (person_id)
        where people._row_kind = 'row'
    ),
    absences as (
        select distinct people.person_id, loads.load_seq, loads.observed_at
        from stage.landing.people as people
        inner join
            stage.landing.loads as loads
            on loads.feed = 'people'
            and loads.source = people.source
            and loads.kind = 'snapshot'
            and loads.deletes
            and loads.load_seq > people.load_seq
        where
            not exists (
                from stage.landing.people as still
                where still.person_id = people.person_id and still.load_seq = loads.load_seq
            )
    ),
    first_and_last as (
        select
            person_id,
            arg_min(coalesce(team_id, ''), load_seq) as first_team_id,
            arg_max(coalesce(team_id, ''), load_seq) as last_team_id
        from stage.landing.people
        where _row_kind = 'row'
        group by all
    ),
    last_shown as (
        select time_entry_id, person_id, max(load_seq) as load_seq, arg_max(coalesce(team_id, ''), load_seq) as team_id
        from shown_people
        where is_before
        group by all
    ),
    teams_of_the_day as (
        select
            hours.time_entry_id,
            nullif(
                case
                    when
                        exists (
                            from absences
                            where
                                absences.person_id = hours.person_id
                                and absences.observed_at <= hours.work_date::timestamp
                                and absences.load_seq > coalesce(last_shown.load_seq, -1)
                        )
                    then last_team_id
                    else coalesce(last_shown.team_id, first_team_id)
                end,
                ''
            ) as team_id
        from feed.time_entries as hours
        inner join first_and_last on first_and_last.person_id = hours.person_id
        left join last_shown on last_shown.time_entry_id = hours.time_entry_id
    )
select hours.*, teams_of_the_day.team_id
from feed.time_entries as hours
left join teams_of_the_day on teams_of_the_day.time_entry_id = hours.time_entry_id
