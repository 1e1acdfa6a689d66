-- the objectives that had begun, and those a quarter ahead
select
    objective_id,
    objective_name as name,
    null::varchar as parent_objective_id,
    team_id_at(team_k, date '2020-01-01', shown_on()) as team_id,
    format('PER-{:05d}', team_k + 1) as owner_id,
    period_start,
    period_end
from objectives
where period_start <= shown_on()
order by objective_id
