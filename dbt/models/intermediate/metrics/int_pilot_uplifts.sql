-- one row per measure: how much more it changed in pilot teams than in the rest (difference in differences), with its
-- interval: Welch's, of the teams' changes
with
    changes as (select * from {{ ref("int_pilot_changes") }}),

    known as (select * from changes where change is not null),

    pilots as (select measure, start_date from known where side = 'pilot'),

    -- a team that is no pilot counts once, with its mean change by the day on which each of the pilots began
    team_changes as (
        select known.measure, known.side, known.team_key, avg(known.change) as change
        from known
        inner join pilots on known.measure = pilots.measure and known.start_date = pilots.start_date
        group by known.measure, known.side, known.team_key
    ),

    sides as (
        select
            measure,
            avg(change) filter (side = 'pilot') - avg(change) filter (side = 'rest') as uplift,
            count(*) filter (side = 'pilot') as pilot_teams,
            count(*) filter (side = 'rest') as rest_teams,
            var_samp(change) filter (side = 'pilot') / count(*) filter (side = 'pilot') as pilot_variance,
            var_samp(change) filter (side = 'rest') / count(*) filter (side = 'rest') as rest_variance
        from team_changes
        group by measure
    ),

    seen as (select measure, count(distinct team_key) as teams from changes group by measure),

    joined as (
        select
            seen.measure,
            sides.uplift,
            least(coalesce(sides.pilot_teams, 0), coalesce(sides.rest_teams, 0)) as teams_on_smaller_side,
            seen.teams - coalesce(sides.pilot_teams + sides.rest_teams, 0) as teams_left_out,
            -- teams that all changed alike say nothing of chance
            case
                when
                    sides.pilot_teams >= 4
                    and sides.rest_teams >= 4
                    and sides.pilot_variance + sides.rest_variance > 1e-12
                then sqrt(sides.pilot_variance + sides.rest_variance)
            end as standard_error,
            {{ welch_degrees("sides.pilot_variance", "sides.pilot_teams", "sides.rest_variance", "sides.rest_teams") }}
            as degrees
        from seen
        left join sides on seen.measure = sides.measure
    )

select
    joined.measure,
    joined.uplift,
    joined.teams_on_smaller_side,
    joined.teams_left_out,
    joined.uplift - joined.standard_error * {{ t_quantile("joined.degrees") }} as lower_bound,
    joined.uplift + joined.standard_error * {{ t_quantile("joined.degrees") }} as upper_bound,
    settings.as_of_date
from joined
cross join {{ ref("stg_settings") }} as settings
