-- one row per dimension, member (the total, or a product) and month: tickets opened beside active users, those of the
-- month's last day for which the usage feed speaks; NULL where either feed is silent
with
    tickets as (
        select *, cast({{ dbt.date_trunc("month", "opened_date") }} as date) as month_start_date
        from {{ ref("fct_support_tickets") }}
        where is_opened
    ),

    ticket_months as (
        select distinct cast({{ dbt.date_trunc("month", "date_day") }} as date) as month_start_date
        from {{ ref("int_feed_days") }}
        where feed = 'support_tickets'
    ),

    placed_tickets as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key, month_start_date
        from tickets
        union all
        select 'product' as dimension_name, current_product_key as member_key, month_start_date
        from tickets
    ),

    tickets_opened as (
        select dimension_name, member_key, month_start_date, count(*) as tickets
        from placed_tickets
        group by dimension_name, member_key, month_start_date
    ),

    use_ranked as (
        select
            *,
            cast({{ dbt.date_trunc("month", "usage_date") }} as date) as month_start_date,
            row_number() over (
                partition by dimension_name, member_key, {{ dbt.date_trunc("month", "usage_date") }}
                order by usage_date desc
            ) as recency
        from {{ ref("fct_active_users") }}
    ),

    month_ends as (
        select use_ranked.dimension_name, use_ranked.member_key, use_ranked.month_start_date, use_ranked.mau
        from use_ranked
        inner join ticket_months on use_ranked.month_start_date = ticket_months.month_start_date
        where use_ranked.recency = 1
    ),

    paired as (
        select
            coalesce(month_ends.dimension_name, tickets_opened.dimension_name) as dimension_name,
            coalesce(month_ends.member_key, tickets_opened.member_key) as member_key,
            coalesce(month_ends.month_start_date, tickets_opened.month_start_date) as month_start_date,
            coalesce(tickets_opened.tickets, 0) as tickets,
            month_ends.mau as active_users
        from month_ends
        full outer join
            tickets_opened
            on month_ends.dimension_name = tickets_opened.dimension_name
            and month_ends.member_key = tickets_opened.member_key
            and month_ends.month_start_date = tickets_opened.month_start_date
    ),

    keyed as (
        select
            {{ surrogate_key(["dimension_name", "member_key", "month_start_date"]) }} as ticket_month_key,
            dimension_name,
            case when dimension_name = 'product' then member_key else -2 end as current_product_key,
            month_start_date,
            tickets,
            active_users
        from paired
    )

select *
from keyed
