-- A day in the wrong month, quarter or fiscal year would move every figure of a period without a trace.
{{ config(meta={"dagster": {"ref": {"name": "dim_date"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    calendar_days as (
        select
            dates.*,
            settings.as_of_date,
            settings.fiscal_year_start_month as first_month,
            make_date(
                year(date_day) - case when month(date_day) < settings.fiscal_year_start_month then 1 else 0 end,
                settings.fiscal_year_start_month,
                1
            ) as fiscal_start
        from {{ ref("dim_date") }} as dates
        cross join settings
    ),

    wrong_days as (
        select date_day
        from calendar_days
        where
            date_key <> year(date_day) * 10000 + month(date_day) * 100 + day(date_day)
            or month_start_date <> make_date(year(date_day), month(date_day), 1)
            or quarter_start_date <> make_date(year(date_day), 3 * divide(month(date_day) - 1, 3) + 1, 1)
            or year_start_date <> make_date(year(date_day), 1, 1)
            or fiscal_year_start_date <> fiscal_start
            or fiscal_year_name <> 'FY' || year(fiscal_start)
            or week_start_date <> date_day - (weekday_number - 1)
            or dayname(week_start_date) <> 'Monday'
            or weekday_number <> 1 + (dayofweek(date_day) + 6) % 7
            or is_weekend <> (dayname(date_day) in ('Saturday', 'Sunday'))
            or (year_number, quarter_number, month_number, day_number)
            <> (year(date_day), divide(month(date_day) + 2, 3), month(date_day), day(date_day))
            or is_past <> (date_day < as_of_date + 1)
    ),

    calendar_bounds as (
        select count(*) as days, min(date_day) as first_day, max(date_day) as last_day from {{ ref("dim_date") }}
    ),

    -- whole years, from the one before the first landed day to the one after the last
    years as (
        select
            year(least(min(loads.first_date), min(settings.as_of_date))) - 1 as first_year,
            year(greatest(max(loads.last_date), max(settings.as_of_date))) + 1 as last_year
        from settings
        left join {{ source("landing", "loads") }} as loads on true
    )

select date_day
from wrong_days
union all
select first_day
from calendar_bounds
cross join years
where
    days <> last_day - first_day + 1
    or first_day <> make_date(first_year, 1, 1)
    or last_day <> make_date(last_year, 12, 31)
