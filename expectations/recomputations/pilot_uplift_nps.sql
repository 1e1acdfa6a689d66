-- Net promoter scores: what pilot teams changed more than the rest, from before a pilot's start to after it.
select 'all' as grain, null::date as period_start, 'total' as dimension_name, 'total' as member_id, value, n
from feed.pilot_comparisons
where measure = 'nps'
