-- A ticket lost between product and month would make customers look happier than they are.
{{ config(meta={"dagster": {"ref": {"name": "customer_pulse"}}}) }}

with
    shown as (
        select
            dimension_name,
            sum(tickets_opened) as opened,
            sum(tickets_answered) as answered,
            sum(tickets_solved) as solved
        from {{ ref("customer_pulse") }}
        group by dimension_name
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    covered_months as (
        select distinct {{ dbt.date_trunc("month", "date_day") }} as month_start_date
        from {{ ref("int_feed_days") }}
        where feed = 'support_tickets'
    ),

    months as (select list(cast(month_start_date as date)) as covered from covered_months),

    counted as (
        select
            count(*) filter (
                tickets.opened_at <= settings.as_of_at
                and list_contains(
                    months.covered,
                    cast({{ dbt.date_trunc("month", local_date("tickets.opened_at", "settings.time_zone")) }} as date)
                )
            ) as opened
        from {{ ref("stg_support_tickets") }} as tickets
        cross join settings
        cross join months
    ),

    disagreeing as (
        select shown.*, counted.opened as counted_opened
        from shown
        cross join counted
        where shown.opened <> counted.opened
    )

select *
from disagreeing
