{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("key_results", ["key_result_id"]) }}),

    renamed as (
        select
            -- ids
            key_result_id,
            objective_id,
            owner_id,
            metric_member_id,
            -- text
            name,
            kind,
            goal_type,
            unit,
            direction,
            metric_name,
            metric_dimension,
            -- numbers
            baseline_value,
            target_value,
            review_every,
            -- times
            start_date,
            due_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
