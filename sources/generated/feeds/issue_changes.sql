-- the quarter's changes
select work_item_id as key, field, changed_at, change_seq, from_value, to_value, changed_by
from item_changes
where folder = shown_on()
order by work_item_id, field, changed_at, change_seq
