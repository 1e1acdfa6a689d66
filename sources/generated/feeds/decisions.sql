-- what was decided in the quarter
select decision_id, decided_at, kind, trigger_kind, trigger_id, changed
from decisions
where folder = shown_on()
order by decision_id
