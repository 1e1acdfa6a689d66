-- one row per key result and day on which its score is measured: month ends and now while it runs, its due date. The
-- score is NULL where it isn't measured
with
    latest as (
        select terms.*, least(as_of_date, due_date) as day
        from feed.key_result_terms as terms
        cross join stage.landing.settings
        where as_of_date >= from_day and as_of_date < to_day and as_of_date >= start_date and due_date is not null
    ),
    -- with the terms of that day; the last day with the current ones
    points as (
        select terms.*, days.day
        from latest
        inner join feed.key_result_terms as terms on terms.key_result_id = latest.key_result_id
        inner join feed.days as days on days.grain = 'all' and days.day < latest.day and days.day = last_day(days.day)
        where
            days.day between terms.start_date and terms.due_date
            and days.day >= terms.from_day
            and days.day < terms.to_day
        union all
        select *
        from latest
    ),
    read as (
        select points.*, readings.day as read_day, value, lower, upper
        from points
        left join
            feed.key_result_readings as readings
            on readings.key_result_id = points.key_result_id
            and readings.day <= points.day
        qualify row_number() over (partition by points.key_result_id, points.day order by readings.day desc) = 1
    ),
    scored as (
        select
            *,
            case
                when value is not null and day - read_day <= floor(review_days * 7 / 6)
                then
                    case
                        when goal_type = 'hold'
                        then
                            (
                                case
                                    direction when 'up' then round(value - target, 10) else round(target - value, 10)
                                end
                                >= 0
                            )::int
                        when not coalesce(lower <= base_upper and upper >= base_lower, false)
                        then round((value - baseline) / (target - baseline), 12)
                        when good_value not between lower and upper
                        then 0
                    end
            end as raw_score,
            case when goal_type = 'hold' then 1 else (day - start_date) / (due_date - start_date)::double end as pace
        from read
    )
select
    scored.key_result_id,
    scored.day,
    case when raw_score is not null then greatest(0, least(1, raw_score)) end::double as score,
    raw_score >= pace as is_on_pace,
    kind,
    key_results.objective,
    coalesce(objectives.team, '-2') as team
from scored
inner join feed.key_results as key_results on key_results.key_result_id = scored.key_result_id
left join feed.objectives as objectives on objectives.objective_id = key_results.objective_id
