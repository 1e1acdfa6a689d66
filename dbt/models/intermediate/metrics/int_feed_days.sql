with
    loads as (select * from {{ ref("stg_loads") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select date_day from {{ ref("int_calendar") }}),

    covered_intervals as (
        select feed, unnest(covers)[1] as covered_from, unnest(covers)[2] as covered_to
        from loads
        where covers is not null
        union all
        -- without `covers` a source covers all days up to its load's
        select
            loads.feed,
            cast('1900-01-01' as date) as covered_from,
            cast(
                {{ dbt.dateadd("day", 1, local_date("loads.observed_at", "settings.time_zone")) }} as date
            ) as covered_to
        from loads
        cross join settings
        where loads.covers is null
    ),

    covered_days as (
        select distinct covered_intervals.feed, dates.date_day
        from covered_intervals
        cross join settings
        inner join
            dates
            on dates.date_day >= covered_intervals.covered_from
            and dates.date_day < covered_intervals.covered_to
            and dates.date_day <= settings.as_of_date
    )

select *
from covered_days
