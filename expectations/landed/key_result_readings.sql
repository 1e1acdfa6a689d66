-- one row per key result and day with a reading: the day's last check-in; if a metric measures it, the last day of each
-- complete month. The score uses the terms in force on that day, and is NULL within the metric's noise
with
    metric_months as (
        select
            figures.*,
            ((period_end::timestamp at time zone time_zone) at time zone 'UTC') - interval 1 microsecond as read_at
        from metrics.fct_metric_values as figures
        cross join stage.landing.settings
        where grain = 'month' and status = 'measured' and not is_partial
    ),
    read as (
        select terms.*, checked_at as read_at, value::double as value, null::double as lower, null::double as upper
        from feed.key_result_terms as terms
        inner join feed.key_result_checkins as checkins on checkins.key_result_id = terms.key_result_id
        where metric_name is null and checked_at >= from_at and checked_at < to_at
        union all
        select terms.*, read_at, months.value, months.lower, months.upper
        from feed.key_result_terms as terms
        inner join
            metric_months as months
            on months.metric_name = terms.metric_name
            and months.dimension_name = terms.dimension_name
            and months.member_id = terms.member_id
        where read_at >= from_at and read_at < to_at
    ),
    dated as (
        select read.*, ((read_at at time zone 'UTC') at time zone time_zone)::date as day
        from read
        cross join stage.landing.settings
        where read_at <= as_of_at and day >= start_date
        qualify row_number() over (partition by key_result_id, day order by read_at desc) = 1
    )
select
    key_result_id,
    metric_name,
    day,
    value,
    lower,
    upper,
    case
        when goal_type = 'hold'
        then (case direction when 'up' then round(value - target, 10) else round(target - value, 10) end >= 0)::int
        when not coalesce(lower <= base_upper and upper >= base_lower, false)
        then round((value - baseline) / (target - baseline), 12)
        when good_value not between lower and upper
        then 0
    end as raw_score
from dated
