with
    experiments as (select * from {{ ref("stg_experiments") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    -- what is dated after now has not happened yet
    experiments_as_of_now as (
        select
            experiments.*,
            settings.time_zone,
            experiments.started_at <= settings.as_of_at as is_started,
            coalesce(experiments.stopped_at <= settings.as_of_at, false) as is_stopped,
            coalesce(experiments.decided_at <= settings.as_of_at, false) as is_decided
        from experiments
        cross join settings
    ),

    experiments_with_days as (
        select
            * exclude (time_zone, changed_decision),
            {{ local_date("started_at", "time_zone") }} as started_date,
            case when is_decided then {{ local_date("decided_at", "time_zone") }} end as decided_date,
            case when is_decided then changed_decision end as has_changed_decision
        from experiments_as_of_now
    )

select *
from experiments_with_days
