-- A pilot's interval must hold 95 % of Student's t density, and the teams excluded from it are counted.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    -- what a team changed by, each pilot's day once
    changes as (
        select pilots.measure, pilots.team_key as team, pilots.side, pilots.change
        from {{ ref("int_pilot_changes") }} as pilots
        where pilots.side = 'pilot' and pilots.change is not null
        union all
        select others.measure, others.team_key as team, others.side, avg(others.change) as change
        from {{ ref("int_pilot_changes") }} as pilots
        inner join
            {{ ref("int_pilot_changes") }} as others
            on pilots.measure = others.measure
            and pilots.start_date = others.start_date
            and others.side = 'rest'
            and others.change is not null
        where pilots.side = 'pilot' and pilots.change is not null
        group by others.measure, others.team_key, others.side
    ),

    team_changes as (
        select
            measure,
            count(*) filter (side = 'pilot') as n,
            count(*) filter (side = 'rest') as m,
            avg(change) filter (side = 'pilot') - avg(change) filter (side = 'rest') as uplift,
            var_samp(change) filter (side = 'pilot') / n as v,
            var_samp(change) filter (side = 'rest') / m as w
        from changes
        group by measure
    ),

    teams_left_out as (
        select measure, count(distinct team_key) as teams
        from {{ ref("int_pilot_changes") }}
        where (measure, team_key) not in (select (measure, team) from changes)
        group by measure
    ),

    uplifts as (
        select
            shown.metric_name,
            metrics.interval_kind,
            shown.status,
            shown.n_excluded,
            coalesce(teams_left_out.teams, 0) as left_out,
            team_changes.uplift,
            shown.value,
            shown.lower,
            shown.upper,
            coalesce(
                least(team_changes.n, team_changes.m) >= 4 and team_changes.v + team_changes.w > 1e-12, false
            ) as has_interval,
            (shown.upper - shown.value) / sqrt(team_changes.v + team_changes.w) as reach,
            pow(team_changes.v + team_changes.w, 2)
            / (pow(team_changes.v, 2) / (team_changes.n - 1) + pow(team_changes.w, 2) / (team_changes.m - 1)) as df
        from {{ ref("fct_metric_values") }} as shown
        inner join {{ ref("dim_metric") }} as metrics on shown.metric_name = metrics.metric_name
        left join team_changes on shown.metric_name = 'pilot_uplift_' || team_changes.measure
        left join teams_left_out on shown.metric_name = 'pilot_uplift_' || teams_left_out.measure
        where starts_with(shown.metric_name, 'pilot_uplift_')
    ),

    -- by the midpoints of 1,000 strips
    densities as (
        select
            uplifts.metric_name,
            sum(
                2
                * uplifts.reach
                / 1000
                * exp(lgamma((uplifts.df + 1) / 2) - lgamma(uplifts.df / 2))
                / sqrt(uplifts.df * pi())
                / pow(1 + pow((strips.strip + 0.5) / 1000 * uplifts.reach, 2) / uplifts.df, (uplifts.df + 1) / 2)
            ) as share
        from uplifts
        cross join (select unnest(range(1000)) as strip) as strips
        where uplifts.has_interval
        group by uplifts.metric_name
    )

select
    uplifts.metric_name,
    uplifts.value,
    uplifts.uplift,
    uplifts.lower,
    uplifts.upper,
    densities.share,
    uplifts.n_excluded,
    uplifts.left_out
from uplifts
left join densities on uplifts.metric_name = densities.metric_name
where
    uplifts.interval_kind <> 'welch'
    -- a team that is left out leaves no gap
    or uplifts.status = 'incomplete'
    or uplifts.has_interval <> (uplifts.lower is not null)
    or (uplifts.lower is null) <> (uplifts.upper is null)
    or abs(uplifts.upper - uplifts.value - (uplifts.value - uplifts.lower)) > 1e-9
    or abs(uplifts.uplift - uplifts.value) > 1e-9
    or abs(densities.share - 0.95) > 0.0003
    or uplifts.n_excluded <> uplifts.left_out
