with
    tickets as (select * from {{ ref("fct_support_tickets") }} where is_opened and is_solved),

    settings as (select * from {{ ref("stg_settings") }}),

    solved_tickets as (
        select
            tickets.support_ticket_key,
            tickets.current_product_key,
            tickets.solved_date,
            tickets.is_reopened,
            {{ dbt.datediff("tickets.solved_date", "settings.as_of_date", "day") }} > {{ rework_days() }} as is_mature
        from tickets
        cross join settings
    )

select *
from solved_tickets
