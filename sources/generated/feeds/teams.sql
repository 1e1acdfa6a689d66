-- the teams that existed: one joins another, one splits, some begin as pilots
select
    team_id,
    team_name as name,
    parent_team_id,
    coalesce(pilot_start_date <= shown_on(), false) as is_pilot,
    case when pilot_start_date <= shown_on() then pilot_start_date end as pilot_start_date
from teams
where born_on <= shown_on() and (joins_k is null or shown_on() < date '2025-01-15')
order by team_id
