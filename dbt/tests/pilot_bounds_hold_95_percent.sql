-- A pilot's interval is as wide as Student's t says: between its ends, in standard errors, the density must hold 95 %;
-- and who was left out of it is told.
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

    sides as (
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

    left_out as (
        select measure, count(distinct team_key) as teams
        from {{ ref("int_pilot_changes") }}
        where (measure, team_key) not in (select (measure, team) from changes)
        group by measure
    ),

    told as (
        select
            shown.metric_name,
            metrics.interval_kind,
            shown.status,
            shown.n_excluded,
            coalesce(left_out.teams, 0) as left_out,
            sides.uplift,
            shown.value,
            shown.lower,
            shown.upper,
            coalesce(least(sides.n, sides.m) >= 4 and sides.v + sides.w > 1e-12, false) as has_interval,
            (shown.upper - shown.value) / sqrt(sides.v + sides.w) as reach,
            pow(sides.v + sides.w, 2) / (pow(sides.v, 2) / (sides.n - 1) + pow(sides.w, 2) / (sides.m - 1)) as df
        from {{ ref("fct_metric_values") }} as shown
        inner join {{ ref("dim_metric") }} as metrics on shown.metric_name = metrics.metric_name
        left join sides on shown.metric_name = 'pilot_uplift_' || sides.measure
        left join left_out on shown.metric_name = 'pilot_uplift_' || left_out.measure
        where starts_with(shown.metric_name, 'pilot_uplift_')
    ),

    -- by the midpoints of 1,000 strips
    held as (
        select
            told.metric_name,
            sum(
                2
                * told.reach
                / 1000
                * exp(lgamma((told.df + 1) / 2) - lgamma(told.df / 2))
                / sqrt(told.df * pi())
                / pow(1 + pow((strips.strip + 0.5) / 1000 * told.reach, 2) / told.df, (told.df + 1) / 2)
            ) as share
        from told
        cross join (select unnest(range(1000)) as strip) as strips
        where told.has_interval
        group by told.metric_name
    )

select told.metric_name, told.value, told.uplift, told.lower, told.upper, held.share, told.n_excluded, told.left_out
from told
left join held on told.metric_name = held.metric_name
where
    told.interval_kind <> 'welch'
    -- a team that is left out leaves no gap
    or told.status = 'incomplete'
    or told.has_interval <> (told.lower is not null)
    or (told.lower is null) <> (told.upper is null)
    or abs(told.upper - told.value - (told.value - told.lower)) > 1e-9
    or abs(told.uplift - told.value) > 1e-9
    or abs(held.share - 0.95) > 0.0003
    or told.n_excluded <> told.left_out
