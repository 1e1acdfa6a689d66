-- one row per metric, grain and period that a feed of it may speak for: the days covered by all of its feeds
with
    definitions as (select * from {{ source("metricflow", "metric_definitions") }}),

    feed_days as (select * from {{ ref("int_feed_days") }}),

    periods as (select * from {{ ref("int_date_periods") }}),

    -- many metrics rest on the same feeds
    feed_sets as (select distinct feeds from definitions),

    set_feeds as (select feeds, unnest(feeds) as feed from feed_sets),

    set_days as (
        select set_feeds.feeds, feed_days.date_day
        from set_feeds
        inner join feed_days on set_feeds.feed = feed_days.feed
        group by set_feeds.feeds, feed_days.date_day
        having count(*) = len(set_feeds.feeds)
    ),

    covered as (
        select
            set_days.feeds,
            periods.grain,
            periods.period_start,
            periods.period_end,
            count(*) as covered_days,
            {{ dbt.datediff("periods.period_start", "periods.period_end", "day") }} as period_days
        from set_days
        inner join periods on set_days.date_day = periods.date_day
        group by set_days.feeds, periods.grain, periods.period_start, periods.period_end
    ),

    covered_at_all as (
        -- the whole time begins with the first day that is covered: a gap after it makes it partial
        select
            set_days.feeds,
            'all' as grain,
            cast(null as date) as period_start,
            cast(null as date) as period_end,
            count(*) as covered_days,
            {{ dbt.datediff("min(set_days.date_day)", "max(settings.as_of_date)", "day") }} + 1 as period_days
        from set_days
        cross join {{ ref("stg_settings") }} as settings
        group by set_days.feeds
    ),

    set_coverage as (
        select *
        from covered
        union all
        select *
        from covered_at_all
    ),

    metric_coverage as (
        select definitions.metric_name, set_coverage.* exclude (feeds)
        from definitions
        inner join
            set_coverage
            on definitions.feeds = set_coverage.feeds
            and list_contains(definitions.grains, set_coverage.grain)
    )

select *
from metric_coverage
