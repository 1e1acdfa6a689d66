-- The median of days from a negative answer of a customer to the first decision that names it; none counts as infinite.
with
    negative as (
        select response_id, question_id, product, day
        from feed.answers
        where
            (survey_type = 'nps' and scale_min = 0 and scale_max = 10 and points in (0, 1, 2, 3, 4, 5, 6))
            or (survey_type = 'csat' and scale_min = 1 and scale_max = 5 and points in (1, 2))
            or (survey_type = 'csat' and scale_min = 1 and scale_max = 3 and points = 1)
    ),

    named as (
        select trigger_id, ((decided_at at time zone 'UTC') at time zone time_zone)::date as decided_day
        from feed.decisions
        cross join stage.landing.settings
        where trigger_kind = 'answer' and decided_at <= as_of_at
    ),

    reactions as (
        select
            response_id,
            question_id,
            product,
            day,
            coalesce(
                min(decided_day - day) filter (decided_day - day between 0 and observation_window_days),
                'infinity'::double
            ) as days
        from negative
        cross join stage.landing.settings
        left join named on trigger_id = response_id
        where
            as_of_date - day >= observation_window_days
            and day >= (select min(day) from feed.covered_days where feed = 'decisions')
        group by all
    ),

    by_member as (
        select *, unnest(['total', 'product']) as dimension_name, unnest(['total', product]) as member_id from reactions
    ),

    medians as (
        select
            grain, period_start, dimension_name, member_id, quantile_cont(by_member.days, 0.5) as median, count(*) as n
        from by_member
        inner join feed.days as days using (day)
        group by all
    )
select grain, period_start, dimension_name, member_id, case when isfinite(median) then median end as value, n
from medians
