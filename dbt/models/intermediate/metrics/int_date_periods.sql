with
    dates as (select * from {{ ref("int_calendar") }}),

    days as (
        select date_day, 'day' as grain, date_day as period_start, {{ dbt.dateadd("day", 1, "date_day") }} as period_end
        from dates
    ),

    weeks as (
        select
            date_day,
            'week' as grain,
            week_start_date as period_start,
            {{ dbt.dateadd("day", 7, "week_start_date") }} as period_end
        from dates
    ),

    months as (
        select
            date_day,
            'month' as grain,
            month_start_date as period_start,
            {{ dbt.dateadd("month", 1, "month_start_date") }} as period_end
        from dates
    ),

    quarters as (
        select
            date_day,
            'quarter' as grain,
            quarter_start_date as period_start,
            {{ dbt.dateadd("month", 3, "quarter_start_date") }} as period_end
        from dates
    ),

    years as (
        select
            date_day,
            'year' as grain,
            year_start_date as period_start,
            {{ dbt.dateadd("year", 1, "year_start_date") }} as period_end
        from dates
    ),

    fiscal_years as (
        select
            date_day,
            'fiscal_year' as grain,
            fiscal_year_start_date as period_start,
            {{ dbt.dateadd("year", 1, "fiscal_year_start_date") }} as period_end
        from dates
    )

select date_day, grain, period_start, cast(period_end as date) as period_end
from days
union all
select date_day, grain, period_start, cast(period_end as date) as period_end
from weeks
union all
select date_day, grain, period_start, cast(period_end as date) as period_end
from months
union all
select date_day, grain, period_start, cast(period_end as date) as period_end
from quarters
union all
select date_day, grain, period_start, cast(period_end as date) as period_end
from years
union all
select date_day, grain, period_start, cast(period_end as date) as period_end
from fiscal_years
