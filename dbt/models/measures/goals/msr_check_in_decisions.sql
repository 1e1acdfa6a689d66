with
    settings as (select * from {{ ref("stg_settings") }}),

    check_ins as (select * from {{ ref("stg_key_result_checkins") }}),

    key_results as (select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0),

    objectives as (select * from {{ ref("dim_objective") }} where objective_key > 0),

    decisions as (
        select *
        from {{ ref("fct_decisions") }}
        where is_decided and trigger_kind = 'check_in' and decision_kind in ('goal_changed', 'scope_changed')
    ),

    -- before the feed's first day a missing decision says nothing, nor where none ever named a check-in
    first_decision_day as (
        select min(date_day) as first_date
        from {{ ref("int_feed_days") }}
        where
            feed = 'decisions' and exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'check_in_decision')
    ),

    check_in_days as (
        select distinct
            check_ins.key_result_id, {{ local_date("check_ins.checked_at", "settings.time_zone") }} as checked_date
        from check_ins
        cross join settings
        where check_ins.checked_at <= settings.as_of_at
    ),

    -- a decision is that of the last check-in before it
    check_in_days_with_next as (
        select *, lead(checked_date) over (partition by key_result_id order by checked_date) as next_checked_date
        from check_in_days
    ),

    check_in_days_with_decisions as (
        select
            check_in_days_with_next.key_result_id,
            check_in_days_with_next.checked_date,
            count(decisions.decision_key) > 0 as is_followed
        from check_in_days_with_next
        left join
            decisions
            on check_in_days_with_next.key_result_id = decisions.trigger_id
            and decisions.decided_date >= check_in_days_with_next.checked_date
            and decisions.decided_date < coalesce(check_in_days_with_next.next_checked_date, cast('9999-12-31' as date))
            and {{ dbt.datediff("check_in_days_with_next.checked_date", "decisions.decided_date", "day") }} <= 30
        group by check_in_days_with_next.key_result_id, check_in_days_with_next.checked_date
    ),

    judged_check_ins as (
        select
            {{
                surrogate_key(
                    ["check_in_days_with_decisions.key_result_id", "check_in_days_with_decisions.checked_date"]
                )
            }} as check_in_key,
            coalesce(objectives.team_key, -2) as team_key,
            check_in_days_with_decisions.checked_date,
            case
                when
                    check_in_days_with_decisions.checked_date >= first_decision_day.first_date
                    and {{ dbt.datediff("check_in_days_with_decisions.checked_date", "settings.as_of_date", "day") }}
                    > 30
                then check_in_days_with_decisions.is_followed
            end as is_followed
        from check_in_days_with_decisions
        cross join settings
        cross join first_decision_day
        inner join key_results on check_in_days_with_decisions.key_result_id = key_results.key_result_id
        left join objectives on key_results.objective_id = objectives.objective_id
    )

select *
from judged_check_ins
