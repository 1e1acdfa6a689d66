with
    experiments as (select * from {{ ref("int_experiments") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    experiments_with_keys as (
        select
            {{ surrogate_key(["experiments.experiment_id"]) }} as experiment_key,
            experiments.experiment_id,
            experiments.hypothesis,
            {{ version_keys("team", "experiments.team_id") }},
            experiments.started_at,
            experiments.stopped_at,
            experiments.decided_at,
            experiments.started_date,
            experiments.decided_date,
            experiments.is_started,
            experiments.is_stopped,
            experiments.is_decided,
            experiments.decision,
            experiments.has_changed_decision,
            experiments.source_file,
            experiments.source_record
        from experiments {{ join_versions("team", "team_versions", "experiments.team_id", "experiments.started_at") }}
    )

select *
from experiments_with_keys
