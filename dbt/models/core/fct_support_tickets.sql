with
    tickets as (select * from {{ ref("int_support_tickets") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    tickets_with_keys as (
        select
            {{ surrogate_key(["tickets.ticket_id"]) }} as support_ticket_key,
            tickets.ticket_id,
            {{ version_keys("customer", "tickets.customer_id") }},
            {{ version_keys("product", "tickets.product_id") }},
            tickets.severity,
            tickets.channel,
            tickets.opened_at,
            tickets.first_response_at,
            tickets.solved_at,
            tickets.opened_date,
            tickets.first_response_date,
            tickets.solved_date,
            tickets.is_opened,
            tickets.is_answered,
            tickets.is_solved,
            tickets.is_open,
            tickets.is_reopened,
            tickets.first_response_hours,
            tickets.resolution_hours,
            tickets.open_age_days,
            tickets.source_file,
            tickets.source_record
        from
            tickets
            {{ join_versions("customer", "customer_versions", "tickets.customer_id", "tickets.opened_at") }}
            {{ join_versions("product", "product_versions", "tickets.product_id", "tickets.opened_at") }}
    )

select *
from tickets_with_keys
