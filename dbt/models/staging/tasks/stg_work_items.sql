{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("work_items", ["work_item_id"]) }}),

    renamed as (
        select
            -- ids
            work_item_id,
            parent_work_item_id,
            initiative_id,
            team_id,
            product_id,
            assignee_id,
            -- text
            item_type,
            title,
            status,
            status_category,
            resolution,
            approved_currency,
            url,
            -- numbers
            estimate_points,
            approved_amount,
            -- flags
            is_deliverable,
            -- times
            created_at,
            committed_at,
            started_at,
            due_date,
            done_at,
            released_at,
            accepted_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
