-- the links whose work had begun
select link_id, work_item_id, initiative_id, key_result_id, weight, valid_from, valid_to
from links
where created_on <= shown_on()
order by link_id
