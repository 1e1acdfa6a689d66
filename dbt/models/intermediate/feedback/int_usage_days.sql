-- one row per day from the usage feed's first day to now for which the feed speaks
with
    usage as (select * from {{ ref("stg_usage_daily") }}),

    loads as (select * from {{ ref("stg_loads") }} where feed = 'usage_daily'),

    feed_days as (select * from {{ ref("int_feed_days") }} where feed = 'usage_daily'),

    declared as (select unnest(covers)[1] as first_date from loads where covers is not null),

    -- a load without `covers` speaks for all time: its first day is then that of its first use
    starts as (
        select first_date
        from declared
        union all
        select min(usage_date) as first_date
        from usage
    ),

    first_days as (select min(first_date) as first_date from starts),

    days as (
        select feed_days.date_day, first_days.first_date
        from feed_days
        inner join first_days on feed_days.date_day >= first_days.first_date
    )

select *
from days
