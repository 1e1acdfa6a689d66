-- work items that were closed without being done: under the status Done, or cancelled
select
    work_item_id,
    level,
    is_closed_as_done as is_under_status_done,
    case when first_of(r) < 0.25 then 'Duplicate' else 'Won''t do' end as resolution
from items
where cancelled_on <= last_day_known() and coalesce(gone_from > last_day_known(), true)
order by work_item_id
