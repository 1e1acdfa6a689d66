-- the quarter's readings
select key_result_id, checked_at, value, confidence, null::varchar as note
from checkins
where folder = shown_on()
order by key_result_id, checked_at
