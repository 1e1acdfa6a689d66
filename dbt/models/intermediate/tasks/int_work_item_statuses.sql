with
    settings as (select * from {{ ref("stg_settings") }}),

    work_items as (select * from {{ ref("stg_work_items") }}),

    meanings_of_landed_rows as (select * from {{ ref("int_status_meanings") }}),

    statuses_of_feed as (
        select
            statuses.status_source,
            statuses.status,
            statuses.category,
            coalesce(
                {{ utc_time("cast(statuses.since as timestamp)", "settings.time_zone") }},
                cast('0001-01-01' as timestamp)
            ) as valid_from
        from {{ ref("stg_statuses") }} as statuses
        cross join settings
        where statuses.category in {{ status_categories() }}
    ),

    statuses_of_portfolio as (
        select lower(status) as status, min(status_category) as status_category
        from (select unnest(status_names) as status, unnest(status_categories) as status_category from settings)
        group by lower(status)
    ),

    changes as (
        select
            changes.*,
            work_items.source_name as work_item_source,
            work_items.created_at,
            bool_or(changes.field = 'status_category' and changes.to_value is not null) over (
                partition by changes.work_item_id
            ) as has_categories
        from {{ ref("stg_work_item_changes") }} as changes
        inner join work_items on changes.work_item_id = work_items.work_item_id
        cross join settings
        where
            changes.field in ('status', 'status_category')
            and changes.changed_at <= settings.as_of_at
            and work_items.created_at <= settings.as_of_at
    ),

    -- changes of the category itself go before those of the status
    deciding_changes as (
        select *, row_number() over (partition by work_item_id order by changed_at, change_seq) as change_number
        from changes
        where (field = 'status_category') = has_categories
    ),

    -- a blanked value still holds; before the first change the value was what it changed from
    recorded_statuses as (
        select
            work_item_id,
            work_item_source,
            field,
            changed_at as from_at,
            change_seq as step,
            to_value as status,
            to_category as category_of_change
        from deciding_changes
        where to_value is not null
        union all
        select
            work_item_id,
            work_item_source,
            field,
            created_at as from_at,
            -1 as step,
            from_value as status,
            from_category as category_of_change
        from deciding_changes
        where change_number = 1
    ),

    recorded_statuses_with_end as (
        select
            *,
            lead(from_at, 1, cast('9999-12-31' as timestamp)) over (
                partition by work_item_id order by from_at, step
            ) as to_at
        from recorded_statuses
    ),

    -- a status that gets another meaning while an item has it is recorded once more
    statuses_at_each_moment as (
        select * exclude (to_at), true as is_recorded
        from recorded_statuses_with_end
        union all
        select distinct
            recorded.work_item_id,
            recorded.work_item_source,
            recorded.field,
            statuses_of_feed.valid_from as from_at,
            greatest(recorded.step, 0) as step,
            recorded.status,
            recorded.category_of_change,
            false as is_recorded
        from recorded_statuses_with_end as recorded
        inner join
            statuses_of_feed
            on recorded.status = statuses_of_feed.status
            and recorded.from_at < statuses_of_feed.valid_from
            and recorded.to_at > statuses_of_feed.valid_from
        where recorded.field = 'status'
    ),

    -- the latest meaning by then, of the item's own source before one for all
    statuses_with_feed as (
        select
            recorded.*,
            statuses_of_feed.category as category_of_feed,
            row_number() over (
                partition by recorded.work_item_id, recorded.from_at, recorded.step
                order by statuses_of_feed.status_source nulls last, statuses_of_feed.valid_from desc
            ) as preference
        from statuses_at_each_moment as recorded
        left join
            statuses_of_feed
            on recorded.field = 'status'
            and recorded.status = statuses_of_feed.status
            and recorded.work_item_source = coalesce(statuses_of_feed.status_source, recorded.work_item_source)
            and recorded.from_at >= statuses_of_feed.valid_from
    ),

    -- what each source of meaning says, first to last; an item's category is its own value, not a name
    statuses_with_meanings as (
        select
            recorded.work_item_id,
            recorded.work_item_source,
            recorded.from_at,
            recorded.step,
            recorded.is_recorded,
            recorded.status,
            case
                when recorded.field = 'status' and recorded.category_of_change in {{ status_categories() }}
                then recorded.category_of_change
            end as category_of_change,
            recorded.category_of_feed,
            case when recorded.field = 'status' then of_portfolio.status_category end as category_of_portfolio,
            case when recorded.status in {{ status_categories() }} then recorded.status end as category_of_name,
            case when recorded.field = 'status' then of_rows.status_category end as category_of_rows,
            {{ status_as_code("recorded.status") }} as status_code,
            case
                when recorded.field = 'status' and status_code in {{ status_categories() }} then status_code
            end as category_of_spelling
        from statuses_with_feed as recorded
        left join statuses_of_portfolio as of_portfolio on lower(recorded.status) = of_portfolio.status
        left join
            meanings_of_landed_rows as of_rows
            on recorded.work_item_source = of_rows.source_name
            and recorded.status = of_rows.status
        where recorded.preference = 1
    ),

    work_item_statuses as (
        select
            work_item_id,
            work_item_source,
            from_at,
            step,
            is_recorded,
            status,
            coalesce(
                category_of_change,
                category_of_feed,
                category_of_portfolio,
                category_of_name,
                category_of_rows,
                category_of_spelling,
                'unknown'
            ) as status_category
        from statuses_with_meanings
    )

select *
from work_item_statuses
