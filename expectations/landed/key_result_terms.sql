-- one row per key result that stands and statement of its terms that counts: none shown after the due date that stood
-- then, nor any after such a one
with
    statements as (
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
                landed.metric_name,
                landed.metric_dimension,
                landed.metric_member_id
            ) as said
        from feed.key_results_history as landed
        cross join feed.settings
        semi join feed.key_results as standing on standing.key_result_id = landed.key_result_id
    ),
    -- what is said again changes nothing
    changes as (
        select *
        from statements
        qualify said is distinct from lag(said) over (partition by key_result_id order by at_moment)
    ),
    dated_changes as (
        select
            *,
            coalesce(shown_day > lag(due_date) over (partition by key_result_id order by at_moment), false) as is_late
        from changes
    ),
    timely_changes as (
        select * from dated_changes qualify not bool_or(is_late) over (partition by key_result_id order by at_moment)
    ),
    terms as (
        select
            key_result_id,
            goal_type,
            direction,
            baseline_value::double as baseline,
            target_value::double as target,
            start_date,
            due_date,
            metric_name,
            coalesce(metric_dimension, 'total') as dimension_name,
            coalesce(metric_member_id, 'total') as member_id,
            at_moment as from_at,
            coalesce(lead(at_moment) over by_moment, timestamp '9999-12-31') as to_at,
            shown_day as from_day,
            coalesce(lead(shown_day) over by_moment, date '9999-12-31') as to_day
        from timely_changes
        window by_moment as (partition by key_result_id order by at_moment)
    )
-- with how sure its metric was at the start: the interval of the month that was complete then
select
    terms.*,
    least(baseline, months.lower) as base_lower,
    greatest(baseline, months.upper) as base_upper,
    baseline + success_band_good * (target - baseline) as good_value
from terms
cross join feed.settings
left join
    metrics.fct_metric_values as months
    on months.metric_name = terms.metric_name
    and months.dimension_name = terms.dimension_name
    and months.member_id = terms.member_id
    and months.grain = 'month'
    and months.period_start = date_trunc('month', start_date) - interval 1 month
    and months.status = 'measured'
    and not months.is_partial
