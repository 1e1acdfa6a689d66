-- Of the check-ins more than 30 days ago: the share whose key result a decision on goals or scope names within 30 days,
-- with no check-in between.
with
    check_ins as (
        select distinct key_result_id, ((checked_at at time zone 'UTC') at time zone time_zone)::date as day
        from feed.key_result_checkins
        cross join stage.landing.settings
        where checked_at <= as_of_at
    ),

    changes as (
        select
            trigger_id as key_result_id, ((decided_at at time zone 'UTC') at time zone time_zone)::date as decided_day
        from feed.decisions
        cross join stage.landing.settings
        where trigger_kind = 'check_in' and kind in ('goal_changed', 'scope_changed') and decided_at <= as_of_at
    ),

    -- each change belongs to the last check-in up to its day
    changed as (
        select key_result_id, decided_day, max(day) as day
        from changes
        inner join check_ins using (key_result_id)
        where day <= decided_day
        group by all
        having decided_day - max(day) <= 30
    ),

    by_member as (
        select
            check_ins.day,
            exists (
                select 1
                from changed
                where changed.key_result_id = check_ins.key_result_id and changed.day = check_ins.day
            ) as is_changed,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', coalesce(objectives.team, '-2')]) as member_id
        from check_ins
        cross join stage.landing.settings
        inner join feed.key_results as goals on goals.key_result_id = check_ins.key_result_id
        left join feed.objectives as objectives on objectives.objective_id = goals.objective_id
        where
            as_of_date - day > 30
            and day >= (select min(day) from feed.covered_days where feed = 'decisions')
            and 'check_in_decision' in (select kind from feed.given_kinds)
    )
select grain, period_start, dimension_name, member_id, avg(is_changed::int)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
