-- Of the deliverables delivered: the share whose value could be judged, as they are judged now.
select grain, period_start, dimension_name, member_id, count(*) filter (is_judged) / count(*) as value, count(*) as n
from feed.judged_deliverables
inner join feed.days as days using (day)
group by all
