-- one row per work item that anybody worked on and that is still there, numbered: what hours and cost are drawn from
with items as (select * from items where started_on is not null and not is_deleted and level <> 'epic')

select
    row_number() over (order by work_item_id) - 1 as n,
    * exclude (r),
    coalesce(done_on, cancelled_on, last_day_known()) as ends_on
from items
