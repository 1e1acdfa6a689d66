with
    usage as (select * from {{ ref("stg_usage_daily") }}),

    loads as (select * from {{ ref("stg_loads") }} where feed = 'usage_daily'),

    feed_days as (select * from {{ ref("int_feed_days") }} where feed = 'usage_daily'),

    declared_first_days as (select unnest(covers)[1] as first_date from loads where covers is not null),

    -- a load without `covers` covers all time: its first day is then that of its first use
    possible_first_days as (
        select first_date
        from declared_first_days
        union all
        select min(usage_date) as first_date
        from usage
    ),

    first_covered_day as (select min(first_date) as first_date from possible_first_days),

    covered_days as (
        select feed_days.date_day, first_covered_day.first_date
        from feed_days
        inner join first_covered_day on feed_days.date_day >= first_covered_day.first_date
        -- days without use are days of no use only where use was ever given
        where exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'usage')
    )

select *
from covered_days
