-- Of the deliverables first done more than 30 days ago: the share reopened within 30 days; those whose status was
-- unknown when they could have been reopened are left out.
with
    lives as (
        select
            items.work_item_id,
            any_value(product) as product,
            any_value(team) as team,
            coalesce(
                min(from_at) filter (category = 'done'),
                any_value(done_at) filter (status_category = 'done' and done_at <= as_of_at)
            ) as done_first_at,
            coalesce(
                bool_or(
                    category = 'done'
                    and next_category in ('to_do', 'in_progress')
                    and to_at <= from_at + interval 30 day
                ),
                false
            ) as is_reworked
        from feed.work_items as items
        cross join stage.landing.settings
        inner join feed.stretches as stretches on stretches.work_item_id = items.work_item_id and from_at < to_at
        where is_deliverable
        group by items.work_item_id
    ),

    -- a change led to a status that nothing explains, before the work had been done for more than 30 days
    unclear as (
        select distinct records.work_item_id
        from feed.status_records as records
        inner join
            feed.stretches as stretches
            on stretches.work_item_id = records.work_item_id
            and moment >= from_at
            and moment < to_at
        where
            records.category = 'unknown'
            and step >= 0
            and stretches.category = 'unknown'
            and (previous_category = 'done' and from_at > previous_at + interval 30 day) is not true
    ),

    by_member as (
        select
            ((done_first_at at time zone 'UTC') at time zone time_zone)::date as day,
            is_reworked,
            unnest(['total', 'product', 'team']) as dimension_name,
            unnest(['total', product, team]) as member_id
        from lives
        cross join stage.landing.settings
        anti join unclear using (work_item_id)
        where as_of_date - ((done_first_at at time zone 'UTC') at time zone time_zone)::date > 30
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_reworked) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
