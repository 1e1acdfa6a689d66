{#- Written by `outcomes staging` from sources/contracts/feedback.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("support_tickets", ["ticket_id"]) }}),

    renamed as (
        select
            -- ids
            ticket_id,
            customer_id,
            product_id,
            -- text
            severity,
            channel,
            -- flags
            reopened,
            -- times
            opened_at,
            first_response_at,
            solved_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
