-- A partial period is never shown as the latest complete one. It has a day that a feed of the metric has no data for,
-- or has not ended.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    feed_sets as (select distinct feeds from {{ source("metricflow", "metric_definitions") }}),

    feeds_per_set as (select feeds, unnest(feeds) as feed from feed_sets),

    past_days as (select date_day from {{ ref("dim_date") }} where is_past),

    days_without_data as (
        select distinct feeds_per_set.feeds, past_days.date_day
        from feeds_per_set
        cross join past_days
        anti join
            {{ ref("int_feed_days") }} as feed_days
            on feeds_per_set.feed = feed_days.feed
            and past_days.date_day = feed_days.date_day
    ),

    first_days as (
        select feed_sets.feeds, min(past_days.date_day) as first_day
        from feed_sets
        cross join past_days
        anti join
            days_without_data
            on feed_sets.feeds = days_without_data.feeds
            and past_days.date_day = days_without_data.date_day
        group by feed_sets.feeds
    ),

    periods as (
        select distinct definitions.feeds, shown.grain, shown.period_start, shown.period_end, shown.is_partial
        from {{ ref("fct_metric_values") }} as shown
        inner join
            {{ source("metricflow", "metric_definitions") }} as definitions
            on shown.metric_name = definitions.metric_name
    ),

    expected_periods as (
        select
            periods.feeds,
            periods.grain,
            periods.period_start,
            periods.period_end,
            periods.is_partial,
            coalesce(periods.period_end > max(settings.as_of_date) + 1, false)
            or count(days_without_data.date_day) > 0 as expected_partial
        from periods
        cross join {{ ref("stg_settings") }} as settings
        left join first_days on periods.feeds = first_days.feeds
        left join
            days_without_data
            on periods.feeds = days_without_data.feeds
            and days_without_data.date_day >= coalesce(periods.period_start, first_days.first_day)
            and days_without_data.date_day < coalesce(periods.period_end, settings.as_of_date + 1)
        group by periods.feeds, periods.grain, periods.period_start, periods.period_end, periods.is_partial
    )

select feeds, grain, period_start, period_end, is_partial, expected_partial
from expected_periods
where is_partial <> expected_partial
