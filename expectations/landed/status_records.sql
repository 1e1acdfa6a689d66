-- one row per work item and status recorded by now, also before its first change (`step` -1), with the category that it
-- had at that moment; once more at each later moment at which the feed `statuses` gives it another one
with
    shown_changes as (
        select *, observed_at as shown_at, load_seq as shown_seq
        from stage.landing.work_item_changes
        where field = 'status'
        union all by name
        select *, timestamp '9999-12-31' as shown_at, 0 as shown_seq
        from feed.work_item_changes
        where field = 'status'
    ),
    -- a row that shows a status with a category; a current row counts as later than all loads
    statements as (
        select
            source,
            status,
            status_category as category,
            resolution,
            work_item_id,
            observed_at as shown_at,
            load_seq as shown_seq
        from stage.landing.work_items
        union all
        select source, status, status_category, resolution, work_item_id, timestamp '9999-12-31', 0
        from feed.work_items
        union all
        select source, from_value, from_category, null, work_item_id, shown_at, shown_seq
        from shown_changes
        union all
        select source, to_value, to_category, null, work_item_id, shown_at, shown_seq
        from shown_changes
    ),
    votes as (
        select
            source,
            status,
            category,
            count(distinct work_item_id) as items,
            -- work cancelled by a resolution is no evidence beside another
            count(distinct work_item_id) filter (category <> 'cancelled' or resolution is null) as firm_items,
            {
                'a':firm_items = 0,
                'b': - epoch_us(shown_at),
                'c': - shown_seq,
                'd': - firm_items,
                'e': - items,
                'f':category
            } as place
        from statements
        where category in ('to_do', 'in_progress', 'done', 'cancelled')
        group by source, status, category, shown_at, shown_seq
    ),

    changes as (
        select changes.*, items.source as item_source, created_at
        from feed.work_item_changes as changes
        inner join feed.work_items as items on items.work_item_id = changes.work_item_id
        cross join stage.landing.settings
        where changes.field in ('status', 'status_category') and changed_at <= as_of_at and created_at <= as_of_at
    ),
    -- where an item has changes of its category, they alone count
    counted as (
        select *
        from changes
        where
            (field = 'status_category') = (
                work_item_id
                in (select work_item_id from changes where field = 'status_category' and to_value is not null)
            )
    ),
    records as (
        select
            work_item_id,
            item_source,
            field,
            changed_at as moment,
            change_seq as step,
            to_value as status,
            to_category as category
        from counted
        where to_value is not null
        union all
        select
            work_item_id,
            any_value(item_source),
            any_value(field),
            any_value(created_at),
            -1,
            arg_min(coalesce(from_value, ''), (changed_at, change_seq)),
            arg_min(coalesce(from_category, ''), (changed_at, change_seq))
        from counted
        group by work_item_id
    ),
    new_meanings as (
        select status, status_source, category, timezone('UTC', timezone(time_zone, since::timestamp)) as since_at
        from feed.statuses
        cross join stage.landing.settings
        where category in ('to_do', 'in_progress', 'done', 'cancelled')
    ),
    moments as (
        select records.*, moment as from_at, step as from_step
        from records
        union all
        select distinct records.*, since_at, greatest(step, 0)
        from records
        inner join new_meanings using (status)
        where
            records.field = 'status'
            and since_at > moment
            and not exists (
                select 1
                from records as later
                where
                    later.work_item_id = records.work_item_id
                    and (later.moment, later.step) > (records.moment, records.step)
                    and later.moment <= since_at
            )
    ),
    names as (select unnest(status_names) as status, unnest(status_categories) as category from stage.landing.settings)
select
    moments.work_item_id,
    from_at as moment,
    from_step as step,
    moments.status,
    moments.item_source as source,
    moment = from_at and step = from_step as is_recorded,
    case
        when moments.field = 'status_category'
        then if(moments.status in ('to_do', 'in_progress', 'done', 'cancelled'), moments.status, 'unknown')
        when moments.category in ('to_do', 'in_progress', 'done', 'cancelled')
        then moments.category
        else
            coalesce(
                (
                    select arg_max(category, (status_source is not null, coalesce(since_at, timestamp '0001-01-01')))
                    from new_meanings
                    where
                        new_meanings.status = moments.status
                        and coalesce(new_meanings.status_source, moments.item_source) = moments.item_source
                        and coalesce(since_at <= from_at, true)
                ),
                (select min(category) from names where lower(names.status) = lower(moments.status)),
                if(moments.status in ('to_do', 'in_progress', 'done', 'cancelled'), moments.status, null),
                (
                    select arg_min(category, place)
                    from votes
                    where votes.status = moments.status and votes.source = moments.item_source
                ),
                (select arg_min(category, place) from votes where votes.status = moments.status),
                -- "To Do" and "In-Progress" are names of a category too
                list_filter(
                    ['to_do', 'in_progress', 'done', 'cancelled'],
                    lambda named:replace(named, '_', '') = translate(lower(moments.status), ' _-', '')
                )[1],
                'unknown'
            )
    end as category
from moments
