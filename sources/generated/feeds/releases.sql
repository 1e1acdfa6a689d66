-- the quarter's releases
select release_id, product_id, release_name as name, released_at
from releases
where folder_of(released_on) = shown_on()
order by release_id
