-- one row per deliverable that was delivered and did nothing for anyone, though most were on time
select
    work_item_id,
    initiative_id,
    value_status as initiative_value_status,
    done_on,
    due_date,
    done_on <= due_date as is_on_time
from deliverables
where quadrant = 'busywork' and fate = 'done'
order by work_item_id
