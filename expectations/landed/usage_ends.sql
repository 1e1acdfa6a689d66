-- one row per period and member (the total, or a product ever in the feed): the period's last day that the usage feed
-- covers
select grain, period_start, dimension_name, member_id, max(day) as last_day
from feed.days
inner join feed.usage_days using (day)
cross join
    (
        select 'total' as dimension_name, 'total' as member_id
        union
        select 'product', product
        from feed.usage_daily
    )
group by all
