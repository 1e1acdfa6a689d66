-- one row per time entry: the team of its person on that day, if the person was deleted by then the last known team,
-- and the member that it is published under
with
    last_known as (
        select person_id, team_id, team
        from feed.people
        union all
        select person_id, team_id, team
        from feed.people_deleted
    )
select
    hours.*,
    if(of_day.person_id is null, last_known.team_id, of_day.team_id) as team_id,
    coalesce(of_day.team, last_known.team, '-2') as team
from feed.time_entries as hours
left join
    feed.people_history as of_day
    on of_day.person_id = hours.person_id
    and hours.work_date::timestamp >= of_day.at_moment
    and hours.work_date::timestamp < of_day.next_moment
left join last_known on last_known.person_id = hours.person_id
