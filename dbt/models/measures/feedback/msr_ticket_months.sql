with
    tickets as (
        select *, cast({{ dbt.date_trunc("month", "opened_date") }} as date) as month_start_date
        from {{ ref("fct_support_tickets") }}
        where is_opened
    ),

    -- in a month that runs, or that a feed doesn't cover whole, tickets and users would be of different days
    whole_months as ({{ whole_months(["support_tickets", "usage_daily"]) }}),

    tickets_by_member as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key, month_start_date
        from tickets
        union all
        select 'product' as dimension_name, current_product_key as member_key, month_start_date
        from tickets
    ),

    opened_tickets as (
        select dimension_name, member_key, month_start_date, count(*) as tickets
        from tickets_by_member
        group by dimension_name, member_key, month_start_date
    ),

    ranked_active_users as (
        select
            *,
            cast({{ dbt.date_trunc("month", "usage_date") }} as date) as month_start_date,
            row_number() over (
                partition by dimension_name, member_key, {{ dbt.date_trunc("month", "usage_date") }}
                order by usage_date desc
            ) as recency
        from {{ ref("fct_active_users") }}
    ),

    month_end_users as (
        select
            ranked_active_users.dimension_name,
            ranked_active_users.member_key,
            ranked_active_users.month_start_date,
            ranked_active_users.mau
        from ranked_active_users
        inner join whole_months on ranked_active_users.month_start_date = whole_months.month_start_date
        where
            ranked_active_users.recency = 1
            and exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'ticket')
    ),

    paired_months as (
        select
            coalesce(month_end_users.dimension_name, opened_tickets.dimension_name) as dimension_name,
            coalesce(month_end_users.member_key, opened_tickets.member_key) as member_key,
            coalesce(month_end_users.month_start_date, opened_tickets.month_start_date) as month_start_date,
            coalesce(opened_tickets.tickets, 0) as tickets,
            month_end_users.mau as active_users
        from month_end_users
        full outer join
            opened_tickets
            on month_end_users.dimension_name = opened_tickets.dimension_name
            and month_end_users.member_key = opened_tickets.member_key
            and month_end_users.month_start_date = opened_tickets.month_start_date
    ),

    ticket_months as (
        select
            {{ surrogate_key(["dimension_name", "member_key", "month_start_date"]) }} as ticket_month_key,
            dimension_name,
            case when dimension_name = 'product' then member_key else -2 end as current_product_key,
            month_start_date,
            tickets,
            active_users
        from paired_months
    )

select *
from ticket_months
