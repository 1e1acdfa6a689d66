-- A ticket of a product that nobody used in the month it was opened can't be set against users, nor can one of a month
-- that hasn't ended or that either feed doesn't cover whole: it is left out, and counted.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    whole_months as ({{ whole_months(["support_tickets", "usage_daily"]) }}),

    usage_months as (
        select distinct member_key as product_key, date_trunc('month', usage_date) as month_start_date
        from {{ ref("fct_active_users") }}
        where
            date_trunc('month', usage_date) in (select month_start_date from whole_months)
            and dimension_name = 'product'
    ),

    tickets as (
        select current_product_key as product_key, cast(date_trunc('month', opened_date) as date) as month_start_date
        from {{ ref("fct_support_tickets") }}
        where is_opened
    ),

    tickets_without_use as (
        select tickets.product_key, tickets.month_start_date, count(*) as tickets
        from tickets
        left join
            usage_months
            on tickets.product_key = usage_months.product_key
            and tickets.month_start_date = usage_months.month_start_date
        where usage_months.product_key is null
        group by tickets.product_key, tickets.month_start_date
    ),

    excluded_tickets as (
        select member_key as product_key, period_start as month_start_date, n_excluded as tickets
        from {{ ref("fct_metric_values") }}
        where
            metric_name = 'tickets_per_100_active'
            and grain = 'month'
            and dimension_name = 'product'
            and n_excluded <> 0
    )

select
    coalesce(excluded_tickets.product_key, tickets_without_use.product_key) as product_key,
    coalesce(excluded_tickets.month_start_date, tickets_without_use.month_start_date) as month_start_date,
    excluded_tickets.tickets as excluded_tickets,
    tickets_without_use.tickets as tickets_without_use
from excluded_tickets
full outer join
    tickets_without_use
    on excluded_tickets.product_key = tickets_without_use.product_key
    and excluded_tickets.month_start_date = tickets_without_use.month_start_date
where excluded_tickets.tickets is distinct from tickets_without_use.tickets
