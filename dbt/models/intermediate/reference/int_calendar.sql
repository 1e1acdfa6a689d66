with
    settings as (select * from {{ ref("stg_settings") }}),

    loads as (select * from {{ source("landing", "loads") }}),

    span as (
        select
            least(min(loads.first_date), min(settings.as_of_date)) as first_date,
            greatest(max(loads.last_date), max(settings.as_of_date)) as last_date
        from settings
        left join loads on true
    ),

    days as (
        select
            cast(
                unnest(
                    generate_series(
                        {{ dbt.date_trunc("year", "first_date") }} - interval 1 year,
                        {{ dbt.date_trunc("year", "last_date") }} + interval 2 year - interval 1 day,
                        interval 1 day
                    )
                ) as date
            ) as date_day
        from span
    ),

    days_with_periods as (
        select
            cast(strftime(days.date_day, '%Y%m%d') as integer) as date_key,
            days.date_day,
            cast({{ dbt.date_trunc("month", "days.date_day") }} as date) as month_start_date,
            cast({{ dbt.date_trunc("quarter", "days.date_day") }} as date) as quarter_start_date,
            cast({{ dbt.date_trunc("year", "days.date_day") }} as date) as year_start_date,
            cast(
                {{
                    dbt.dateadd(
                        "month",
                        "cast(settings.fiscal_year_start_month - 1 as integer)",
                        dbt.date_trunc(
                            "year",
                            dbt.dateadd(
                                "month", "-cast(settings.fiscal_year_start_month - 1 as integer)", "days.date_day"
                            ),
                        ),
                    )
                }} as date
            ) as fiscal_year_start_date,
            cast({{ dbt.date_trunc("week", "days.date_day") }} as date) as week_start_date,
            cast(extract(year from days.date_day) as integer) as year_number,
            cast(extract(quarter from days.date_day) as integer) as quarter_number,
            cast(extract(month from days.date_day) as integer) as month_number,
            cast(extract(day from days.date_day) as integer) as day_number,
            cast(extract(isodow from days.date_day) as integer) as weekday_number,
            days.date_day <= settings.as_of_date as is_past
        from days
        cross join settings
    ),

    calendar as (
        select
            days_with_periods.*,
            'FY' || cast(extract(year from fiscal_year_start_date) as varchar) as fiscal_year_name,
            weekday_number >= 6 as is_weekend
        from days_with_periods
    )

select *
from calendar
