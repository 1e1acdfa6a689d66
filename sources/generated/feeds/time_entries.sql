-- the hours booked in the quarter, and those exported again
select time_entry_id, work_item_id, person_id, work_date, hours
from hours
where folder = shown_on() or again_in = shown_on()
order by time_entry_id
