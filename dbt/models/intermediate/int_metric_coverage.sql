-- one row a metric, grain and period that a feed of it may speak for: the days covered by all of its feeds
with
    definitions as (select * from {{ source("metricflow", "metric_definitions") }}),

    feed_days as (select * from {{ ref("int_feed_days") }}),

    periods as (select * from {{ ref("int_date_periods") }}),

    metric_feeds as (select metric_name, unnest(feeds) as feed, len(feeds) as feed_count, grains from definitions),

    metric_days as (
        select metric_feeds.metric_name, feed_days.date_day, any_value(metric_feeds.grains) as grains
        from metric_feeds
        inner join feed_days on metric_feeds.feed = feed_days.feed
        group by metric_feeds.metric_name, feed_days.date_day
        having count(*) = any_value(metric_feeds.feed_count)
    ),

    covered as (
        select
            metric_days.metric_name,
            periods.grain,
            periods.period_start,
            periods.period_end,
            count(*) as covered_days,
            {{ dbt.datediff("periods.period_start", "periods.period_end", "day") }} as period_days
        from metric_days
        inner join
            periods on metric_days.date_day = periods.date_day and list_contains(metric_days.grains, periods.grain)
        group by metric_days.metric_name, periods.grain, periods.period_start, periods.period_end
    ),

    covered_at_all as (
        -- the whole time begins with the first day that is covered: a gap after it makes it partial
        select
            metric_days.metric_name,
            'all' as grain,
            cast(null as date) as period_start,
            cast(null as date) as period_end,
            count(*) as covered_days,
            {{ dbt.datediff("min(metric_days.date_day)", "max(settings.as_of_date)", "day") }} + 1 as period_days
        from metric_days
        cross join {{ ref("stg_settings") }} as settings
        where list_contains(metric_days.grains, 'all')
        group by metric_days.metric_name
    )

select *
from covered
union all
select *
from covered_at_all
