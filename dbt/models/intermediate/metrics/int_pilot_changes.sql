with
    windows as (select * from {{ ref("int_pilot_windows") }}),

    observations as (select * from {{ ref("int_pilot_observations") }}),

    observations_in_windows as (
        select
            windows.team_key,
            windows.side,
            windows.start_date,
            observations.measure,
            observations.observed_date >= windows.start_date as is_after,
            observations.amount,
            observations.base,
            observations.respondent
        from windows
        inner join
            observations
            on windows.team_id = observations.team_id
            and observations.observed_date >= windows.before_from_date
            and observations.observed_date < windows.after_to_date
    ),

    figures_per_side as (
        select
            measure,
            team_key,
            side,
            start_date,
            is_after,
            case when measure = 'lead_time_days' then median(amount) else sum(amount) / sum(base) end as figure,
            case when measure = 'nps' then count(distinct respondent) else sum(base) end as n
        from observations_in_windows
        group by measure, team_key, side, start_date, is_after
    ),

    changes as (
        select
            measure,
            team_key,
            side,
            start_date,
            any_value(figure) filter (not is_after and n >= {{ pilot_observations() }}) as figure_before,
            any_value(figure) filter (is_after and n >= {{ pilot_observations() }}) as figure_after
        from figures_per_side
        group by measure, team_key, side, start_date
    )

select *, figure_after - figure_before as change
from changes
