-- one row per measure: how much more pilot teams changed than the others (`value`), and the teams of the smaller side
-- (`n`)
with
    figures_by_team as (
        select
            measure,
            team,
            is_pilot,
            split_day,
            quantile_cont(top, 0.5) filter (day < split_day) as median_before,
            quantile_cont(top, 0.5) filter (day >= split_day) as median_after,
            sum(top) filter (day < split_day) / sum(bottom) filter (day < split_day) as share_before,
            sum(top) filter (day >= split_day) / sum(bottom) filter (day >= split_day) as share_after,
            case
                when measure = 'nps'
                then count(distinct who) filter (day < split_day)
                else sum(bottom) filter (day < split_day)
            end as n_before,
            case
                when measure = 'nps'
                then count(distinct who) filter (day >= split_day)
                else sum(bottom) filter (day >= split_day)
            end as n_after
        from feed.pilot_evidence as evidence
        inner join feed.pilot_splits as splits on splits.team_id = evidence.team
        where day between split_day - reach::int and split_day + reach::int - 1
        group by measure, team, is_pilot, split_day
    ),
    changes_by_team as (
        select
            measure,
            team,
            is_pilot,
            split_day,
            case
                when measure = 'lead_time_days'
                then median_after - median_before
                else 100 * (share_after - share_before)
            end as moved
        from figures_by_team
        where n_before >= 5 and n_after >= 5
    ),
    -- a team that is not a pilot counts once for each compared pilot
    asked as (
        select pilots.measure, others.team, others.moved
        from changes_by_team as pilots
        inner join
            changes_by_team as others
            on others.measure = pilots.measure
            and others.split_day = pilots.split_day
            and not others.is_pilot
        where pilots.is_pilot
    ),
    others as (select measure, team, avg(moved) as moved from asked group by all),
    by_side as (
        select measure, avg(moved) as pilots, count(*) as pilot_teams, null as rest, null as rest_teams
        from changes_by_team
        where is_pilot
        group by all
        union all
        select measure, null, null, avg(moved), count(*)
        from others
        group by all
    )
select
    measure, max(pilots) - max(rest) as value, least(coalesce(max(pilot_teams), 0), coalesce(max(rest_teams), 0)) as n
from by_side
group by all
