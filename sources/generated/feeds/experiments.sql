-- the experiments begun by the quarter's end, as far as they have come
select
    experiment_id,
    hypothesis,
    team_id,
    started_at,
    case when stopped_at < shown_at() then stopped_at end as stopped_at,
    case when decided_at < shown_at() then decided_at end as decided_at,
    case when decided_at < shown_at() then changed_decision end as changed_decision
from experiments
where started_at < shown_at()
order by experiment_id
