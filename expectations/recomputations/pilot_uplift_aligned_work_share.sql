-- Shares of work aligned: how much more pilot teams changed than the rest, from before to after a pilot's start.
select 'all' as grain, null::date as period_start, 'total' as dimension_name, 'total' as member_id, value, n
from feed.pilot_comparisons
where measure = 'aligned_work_share'
