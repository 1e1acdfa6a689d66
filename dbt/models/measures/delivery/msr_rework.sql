with
    deliverables as (select * from {{ ref("fct_deliverables") }} where first_done_date is not null),

    settings as (select * from {{ ref("stg_settings") }}),

    deliverables_with_rework as (
        select
            deliverables.deliverable_key,
            deliverables.current_initiative_key,
            deliverables.current_team_key,
            deliverables.current_product_key,
            deliverables.first_done_date,
            deliverables.reopened_within_30_days_count > 0 as is_reworked,
            {{ dbt.datediff("deliverables.first_done_date", "settings.as_of_date", "day") }} > {{ rework_days() }}
            and deliverables.is_rework_known as is_judged
        from deliverables
        cross join settings
    )

select *
from deliverables_with_rework
