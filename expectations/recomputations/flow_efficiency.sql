-- Of the time from commitment to delivery the part in progress, over deliverables whose progress is known and whose
-- status is unknown at no moment on the way.
with
    ways as (select * from feed.delivered_work where committed_at < delivered_at),

    flows as (
        select
            ways.work_item_id,
            day,
            product,
            team,
            epoch_us(delivered_at) - epoch_us(committed_at) as elapsed,
            sum(greatest(epoch_us(least(to_at, delivered_at)) - epoch_us(greatest(from_at, committed_at)), 0)) as active
        from ways
        inner join feed.stretches as stretches on stretches.work_item_id = ways.work_item_id
        where category = 'in_progress' and from_at < to_at
        group by all
    ),

    -- what was neither in progress nor anything else that is known
    unclear as (
        select distinct ways.work_item_id
        from ways
        inner join feed.stretches as stretches on stretches.work_item_id = ways.work_item_id
        where category = 'unknown' and least(to_at, delivered_at) > greatest(from_at, committed_at)
    ),

    by_member as (
        select *, unnest(['total', 'product', 'team']) as dimension_name, unnest(['total', product, team]) as member_id
        from flows
        anti join unclear using (work_item_id)
    )
select
    grain, period_start, dimension_name, member_id, sum(active)::double / sum(elapsed)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
