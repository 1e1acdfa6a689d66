-- what was celebrated in the quarter
select recognition_id, work_item_id, initiative_id, recognised_at
from recognitions
where folder = shown_on()
order by recognition_id
