with
    decisions as (select * from {{ ref("stg_decisions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    decisions_as_of_now as (
        select
            {{ surrogate_key(["decisions.decision_id"]) }} as decision_key,
            decisions.decision_id,
            decisions.kind as decision_kind,
            decisions.trigger_kind,
            decisions.trigger_id,
            decisions.changed,
            decisions.decided_at,
            {{ local_date("decisions.decided_at", "settings.time_zone") }} as decided_date,
            decisions.decided_at <= settings.as_of_at as is_decided,
            decisions.source_file,
            decisions.source_record
        from decisions
        cross join settings
    )

select *
from decisions_as_of_now
