with
    active_users as (select * from {{ ref("fct_active_users") }}),

    windows as (
        select
            active_users_key,
            usage_date,
            dimension_name,
            current_product_key,
            dau,
            wau,
            mau,
            7 - wau_window_days as wau_silent_days,
            28 - mau_window_days as mau_silent_days,
            sum(dau) over (
                partition by dimension_name, member_key
                order by usage_date range between interval 27 days preceding and current row
            )
            / cast(mau_window_days as double) as mean_dau
        from active_users
    )

select *
from windows
