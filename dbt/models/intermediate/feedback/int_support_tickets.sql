with
    tickets as (select * from {{ ref("stg_support_tickets") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    -- what is dated after now has not happened yet
    tickets_as_of_now as (
        select
            tickets.* exclude (reopened),
            tickets.reopened as is_reopened,
            settings.as_of_at,
            settings.time_zone,
            tickets.opened_at <= settings.as_of_at as is_opened,
            coalesce(tickets.first_response_at <= settings.as_of_at, false) as is_answered,
            coalesce(tickets.solved_at <= settings.as_of_at, false) as is_solved
        from tickets
        cross join settings
    ),

    tickets_with_times as (
        select
            * exclude (as_of_at, time_zone),
            is_opened and not is_solved as is_open,
            {{ local_date("opened_at", "time_zone") }} as opened_date,
            case when is_answered then {{ local_date("first_response_at", "time_zone") }} end as first_response_date,
            case when is_solved then {{ local_date("solved_at", "time_zone") }} end as solved_date,
            -- an answer dated before the opening is a fault of the record, not a fast answer
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
        from tickets_as_of_now
    )

select *
from tickets_with_times
