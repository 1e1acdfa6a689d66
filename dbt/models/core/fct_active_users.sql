with
    active_users as (
        select
            {{ surrogate_key(["dimension_name", "member_key", "usage_date"]) }} as active_users_key,
            usage_date,
            dimension_name,
            member_key,
            case when dimension_name = 'product' then member_key else -2 end as current_product_key,
            dau,
            wau,
            mau,
            wau_window_days,
            mau_window_days
        from {{ ref("int_active_users") }}
    )

select *
from active_users
