with
    tickets as (select * from {{ ref("stg_support_tickets") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    -- what happens only after now has not happened yet
    judged as (
        select
            tickets.*,
            settings.as_of_at,
            settings.time_zone,
            tickets.opened_at <= settings.as_of_at as is_opened,
            coalesce(tickets.first_response_at <= settings.as_of_at, false) as is_answered,
            coalesce(tickets.solved_at <= settings.as_of_at, false) as is_solved
        from tickets
        cross join settings
    ),

    timed as (
        select
            *,
            is_opened and not is_solved as is_open,
            {{ local_date("opened_at", "time_zone") }} as opened_date,
            case when is_answered then {{ local_date("first_response_at", "time_zone") }} end as first_response_date,
            case when is_solved then {{ local_date("solved_at", "time_zone") }} end as solved_date,
            -- an answer from before the question is a fault of the record, not a fast one
            case
                when is_answered and first_response_at >= opened_at
                then {{ seconds_between("opened_at", "first_response_at") }} / cast(3600 as double)
            end as first_response_hours,
            case
                when is_solved and solved_at >= opened_at
                then {{ seconds_between("opened_at", "solved_at") }} / cast(3600 as double)
            end as resolution_hours,
            case
                when is_opened and not is_solved
                then {{ seconds_between("opened_at", "as_of_at") }} / cast(86400 as double)
            end as open_age_days
        from judged
    ),

    keyed as (
        select
            {{ surrogate_key(["timed.ticket_id"]) }} as support_ticket_key,
            timed.ticket_id,
            {{ version_keys("customer", "timed.customer_id") }},
            {{ version_keys("product", "timed.product_id") }},
            timed.severity,
            timed.channel,
            timed.opened_at,
            timed.first_response_at,
            timed.solved_at,
            timed.opened_date,
            timed.first_response_date,
            timed.solved_date,
            timed.is_opened,
            timed.is_answered,
            timed.is_solved,
            timed.is_open,
            timed.reopened as is_reopened,
            timed.first_response_hours,
            timed.resolution_hours,
            timed.open_age_days,
            timed.source_file,
            timed.source_record
        from
            timed
            {{ join_versions("customer", "customer_versions", "timed.customer_id", "timed.opened_at") }}
            {{ join_versions("product", "product_versions", "timed.product_id", "timed.opened_at") }}
    )

select *
from keyed
