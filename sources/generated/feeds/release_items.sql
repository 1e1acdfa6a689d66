-- what the quarter's releases held
with deliverables as (select * from deliverables where released_on is not null), releases as (select * from releases)

select releases.release_id, deliverables.work_item_id
from deliverables
inner join releases on deliverables.product_k = releases.product_k and deliverables.released_on = releases.released_on
where folder_of(releases.released_on) = shown_on()
order by releases.release_id, deliverables.work_item_id
