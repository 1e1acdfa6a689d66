-- one row a key result that stands and statement of its terms that counts: none shown after the due date that stood
-- then, nor any after such a one
with
    shown as (
        select
            landed.*,
            ((landed.observed_at at time zone 'UTC') at time zone time_zone)::date as shown_day,
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
        from stage.landing.key_results as landed
        cross join feed.settings
        semi join feed.key_results as standing on standing.key_result_id = landed.key_result_id
        where landed._row_kind = 'row'
    ),
    -- what is said again changes nothing
    changes as (
        select * from shown qualify said is distinct from lag(said) over (partition by key_result_id order by load_seq)
    ),
    dated as (
        select
            *,
            row_number() over by_load = 1 as is_first,
            coalesce(shown_day > lag(due_date) over by_load, false) as is_late
        from changes
        window by_load as (partition by key_result_id order by load_seq)
    ),
    timely as (select * from dated qualify not bool_or(is_late) over (partition by key_result_id order by load_seq)),
    held as (
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
            case when is_first then timestamp '0001-01-01' else observed_at end as from_at,
            coalesce(lead(observed_at) over by_load, timestamp '9999-12-31') as to_at,
            case when is_first then date '0001-01-01' else shown_day end as from_day,
            coalesce(lead(shown_day) over by_load, date '9999-12-31') as to_day
        from timely
        window by_load as (partition by key_result_id order by load_seq)
    )
-- with how sure its metric was at the start: the interval of the month that was complete then
select
    held.*,
    least(baseline, months.lower) as base_lower,
    greatest(baseline, months.upper) as base_upper,
    baseline + success_band_good * (target - baseline) as good_value
from held
cross join feed.settings
left join
    metrics.fct_metric_values as months
    on months.metric_name = held.metric_name
    and months.dimension_name = held.dimension_name
    and months.member_id = held.member_id
    and months.grain = 'month'
    and months.period_start = date_trunc('month', start_date) - interval 1 month
    and months.status = 'measured'
    and not months.is_partial
