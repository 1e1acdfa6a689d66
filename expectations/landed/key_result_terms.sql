-- one row per current key result and version of its terms that counts: no version observed after the due date then in
-- force, nor any later one
with
    shown as (
        select
            landed.*,
            case
                when at_moment = timestamp '0001-01-01'
                then date '0001-01-01'
                else ((at_moment at time zone 'UTC') at time zone time_zone)::date
            end as shown_day,
            hash(
                landed.goal_type,
                landed.direction,
                landed.baseline_value,
                landed.target_value,
                landed.start_date,
                landed.due_date,
                landed.review_every,
                landed.metric_name,
                landed.metric_dimension,
                landed.metric_member_id
            ) as said
        from feed.key_results_history as landed
        cross join stage.landing.settings
        semi join feed.key_results as standing on standing.key_result_id = landed.key_result_id
    ),
    -- repeating the same terms changes nothing
    changes as (
        select * from shown qualify said is distinct from lag(said) over (partition by key_result_id order by at_moment)
    ),
    dated as (
        select
            *,
            coalesce(shown_day > lag(due_date) over (partition by key_result_id order by at_moment), false) as is_late
        from changes
    ),
    timely as (select * from dated qualify not bool_or(is_late) over (partition by key_result_id order by at_moment)),
    held as (
        select
            key_result_id,
            goal_type,
            direction,
            baseline_value::double as baseline,
            -- without a due date, or the direction of a level to hold, there is nothing to score by
            case
                when due_date is not null and (goal_type = 'reach' or direction is not null) then target_value::double
            end as target,
            start_date,
            due_date,
            review_every,
            metric_name,
            coalesce(metric_dimension, 'total') as dimension_name,
            coalesce(metric_member_id, 'total') as member_id,
            at_moment as from_at,
            coalesce(lead(at_moment) over by_moment, timestamp '9999-12-31') as to_at,
            shown_day as from_day,
            coalesce(lead(shown_day) over by_moment, date '9999-12-31') as to_day
        from timely
        window by_moment as (partition by key_result_id order by at_moment)
    )
-- with the interval of its metric at the start: that of the latest complete month
select
    held.*,
    coalesce(
        held.review_every, settings.review_every::bigint, if(held.metric_name is null, learned_days, 30)
    ) as review_days,
    least(baseline, months.lower) as base_lower,
    greatest(baseline, months.upper) as base_upper,
    baseline + success_band_good * (target - baseline) as good_value
from held
cross join stage.landing.settings as settings
left join feed.review_cadences as cadences on cadences.key_result_id = held.key_result_id
left join
    metrics.fct_metric_values as months
    on months.metric_name = held.metric_name
    and months.dimension_name = held.dimension_name
    and months.member_id = held.member_id
    and months.grain = 'month'
    and months.period_start = date_trunc('month', start_date) - interval 1 month
    and months.status = 'measured'
    and not months.is_partial
