with
    definitions as (select * from {{ source("metricflow", "metric_definitions") }}),

    feed_days as (select * from {{ ref("int_feed_days") }}),

    periods as (select * from {{ ref("int_date_periods") }}),

    -- many metrics rest on the same feeds
    feed_sets as (select distinct feeds from definitions),

    feeds_per_set as (select feeds, unnest(feeds) as feed from feed_sets),

    covered_days_per_set as (
        select feeds_per_set.feeds, feed_days.date_day
        from feeds_per_set
        inner join feed_days on feeds_per_set.feed = feed_days.feed
        group by feeds_per_set.feeds, feed_days.date_day
        having count(*) = len(feeds_per_set.feeds)
    ),

    covered_periods as (
        select
            covered_days_per_set.feeds,
            periods.grain,
            periods.period_start,
            periods.period_end,
            count(*) as covered_days,
            {{ dbt.datediff("periods.period_start", "periods.period_end", "day") }} as period_days
        from covered_days_per_set
        inner join periods on covered_days_per_set.date_day = periods.date_day
        group by covered_days_per_set.feeds, periods.grain, periods.period_start, periods.period_end
    ),

    covered_whole_time as (
        -- the whole time begins with the first day that is covered: a gap after it makes it partial
        select
            covered_days_per_set.feeds,
            'all' as grain,
            cast(null as date) as period_start,
            cast(null as date) as period_end,
            count(*) as covered_days,
            {{ dbt.datediff("min(covered_days_per_set.date_day)", "max(settings.as_of_date)", "day") }}
            + 1 as period_days
        from covered_days_per_set
        cross join {{ ref("stg_settings") }} as settings
        group by covered_days_per_set.feeds
    ),

    coverage_per_set as (
        select *
        from covered_periods
        union all
        select *
        from covered_whole_time
    ),

    metric_coverage as (
        select definitions.metric_name, coverage_per_set.* exclude (feeds)
        from definitions
        inner join
            coverage_per_set
            on definitions.feeds = coverage_per_set.feeds
            and list_contains(definitions.grains, coverage_per_set.grain)
    )

select *
from metric_coverage
