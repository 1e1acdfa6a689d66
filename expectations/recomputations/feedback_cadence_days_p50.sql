-- The median of days between check-ins on a key result: from its start, and to its due date or now.
with
    spans as (
        select key_result_id, start_date as first_day, least(due_date, as_of_date) as last_day
        from feed.key_result_terms
        cross join stage.landing.settings
        where metric_name is null and to_at = timestamp '9999-12-31' and start_date <= as_of_date
    ),

    days as (
        select key_result_id, unnest([first_day, last_day]) as day
        from spans
        union
        select key_result_id, day
        from feed.key_result_readings
        inner join spans using (key_result_id)
        where metric_name is null and day between first_day and last_day
    ),

    gaps as (
        select
            day,
            day - lag(day) over (partition by key_result_id order by day) as gap_days,
            unnest(['total', 'team', 'objective', 'pilot_side']) as dimension_name,
            unnest(['total', sides.team, goals.objective, sides.side]) as member_id
        from days
        inner join feed.key_results as goals using (key_result_id)
        left join feed.objectives as objectives on objectives.objective_id = goals.objective_id
        inner join feed.pilot_sides as sides on sides.team = coalesce(objectives.team, '-2')
    )
select
    grain, period_start, dimension_name, member_id, quantile_cont(gap_days, 0.5)::double as value, count(gap_days) as n
from gaps
inner join feed.days as days using (day)
where gap_days is not null
group by all
