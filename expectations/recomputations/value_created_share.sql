-- Of the deliverables delivered that could be judged: the share that created value, as they are judged now.
select
    grain,
    period_start,
    dimension_name,
    member_id,
    count(*) filter (verdict = 'created') / count(*) as value,
    count(*) as n
from feed.judged_deliverables
inner join feed.days as days using (day)
where is_judged
group by all
