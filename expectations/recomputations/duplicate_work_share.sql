-- Of the work items closed by now whose resolution is known: the share closed as duplicate.
with
    closed as (
        select resolution, unnest(['total', 'team']) as dimension_name, unnest(['total', team]) as member_id
        from feed.work_items
        cross join stage.landing.settings
        where
            status_category in ('done', 'cancelled')
            and resolution is not null
            and coalesce(done_at, created_at) <= as_of_at
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    count(*) filter (resolution = 'duplicate') / count(*) as value,
    count(*) as n
from closed
group by all
