-- one row per team: its experiments, those that led to a decision, and those that changed it
select
    team_id,
    count(*) as started,
    count(decided_at) filter (where decided_at < utc((last_day_known() + 1)::timestamp)) as decided,
    count(*) filter (where changed_decision and decided_at < utc((last_day_known() + 1)::timestamp)) as changed
from experiments
group by team_id
order by team_id
