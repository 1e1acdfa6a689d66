with
    dates as (select * from {{ ref("dim_date") }} where is_past),

    first_delivery_month as (
        select cast({{ dbt.date_trunc("month", "min(delivery_date)") }} as date) as first_date
        from {{ ref("fct_deliverables") }}
        where is_delivered
    ),

    delivery_days as (
        select dates.date_day
        from dates
        inner join first_delivery_month on dates.date_day >= first_delivery_month.first_date
    )

select *
from delivery_days
