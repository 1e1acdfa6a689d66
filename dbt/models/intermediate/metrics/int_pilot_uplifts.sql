with
    changes as (select * from {{ ref("int_pilot_changes") }}),

    known_changes as (select * from changes where change is not null),

    pilot_starts as (select measure, start_date from known_changes where side = 'pilot'),

    -- another team counts once, with its mean change over the start days of the pilots
    team_changes as (
        select
            known_changes.measure,
            known_changes.side,
            known_changes.team_key,
            avg(known_changes.change order by known_changes.change) as change
        from known_changes
        inner join
            pilot_starts
            on known_changes.measure = pilot_starts.measure
            and known_changes.start_date = pilot_starts.start_date
        group by known_changes.measure, known_changes.side, known_changes.team_key
    ),

    uplifts as (
        select
            measure,
            -- ordered, as sums of floats end in other digits where the rows come in another order
            avg(change order by change) filter (side = 'pilot')
            - avg(change order by change) filter (side = 'rest') as uplift,
            count(*) filter (side = 'pilot') as pilot_teams,
            count(*) filter (side = 'rest') as rest_teams,
            var_samp(change order by change) filter (side = 'pilot')
            / count(*) filter (side = 'pilot') as pilot_variance,
            var_samp(change order by change) filter (side = 'rest') / count(*) filter (side = 'rest') as rest_variance
        from team_changes
        group by measure
    ),

    teams_per_measure as (select measure, count(distinct team_key) as teams from changes group by measure),

    uplifts_with_error as (
        select
            teams_per_measure.measure,
            uplifts.uplift,
            least(coalesce(uplifts.pilot_teams, 0), coalesce(uplifts.rest_teams, 0)) as teams_on_smaller_side,
            teams_per_measure.teams - coalesce(uplifts.pilot_teams + uplifts.rest_teams, 0) as teams_left_out,
            -- without variance between teams there is no interval
            case
                when
                    uplifts.pilot_teams >= 4
                    and uplifts.rest_teams >= 4
                    and uplifts.pilot_variance + uplifts.rest_variance > 1e-12
                then sqrt(uplifts.pilot_variance + uplifts.rest_variance)
            end as standard_error,
            {{
                welch_degrees(
                    "uplifts.pilot_variance", "uplifts.pilot_teams", "uplifts.rest_variance", "uplifts.rest_teams"
                )
            }} as degrees
        from teams_per_measure
        left join uplifts on teams_per_measure.measure = uplifts.measure
    )

select
    uplifts_with_error.measure,
    uplifts_with_error.uplift,
    uplifts_with_error.teams_on_smaller_side,
    uplifts_with_error.teams_left_out,
    uplifts_with_error.uplift
    - uplifts_with_error.standard_error * {{ t_quantile("uplifts_with_error.degrees") }} as lower_bound,
    uplifts_with_error.uplift
    + uplifts_with_error.standard_error * {{ t_quantile("uplifts_with_error.degrees") }} as upper_bound,
    settings.as_of_date
from uplifts_with_error
cross join {{ ref("stg_settings") }} as settings
