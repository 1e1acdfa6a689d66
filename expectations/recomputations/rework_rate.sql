-- Of the deliverables first done more than 30 days ago: the share reopened within 30 days.
with
    done as (
        select
            items.work_item_id,
            ((min(from_at) at time zone 'UTC') at time zone any_value(time_zone))::date as day,
            any_value(as_of_date) as as_of_date,
            any_value(product) as product,
            any_value(team) as team,
            bool_or(
                coalesce(next_category in ('to_do', 'in_progress'), false) and to_at <= from_at + interval 30 day
            ) as is_reworked
        from feed.stretches as stretches
        cross join feed.settings
        inner join feed.work_items as items on items.work_item_id = stretches.work_item_id
        where is_deliverable and category = 'done' and from_at < to_at
        group by all
    ),

    by_member as (
        select *, unnest(['total', 'product', 'team']) as dimension_name, unnest(['total', product, team]) as member_id
        from done
        where as_of_date - day > 30
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_reworked) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
