-- one row per current key result: since when its current terms have applied without a gap; the first terms since ever
with
    shown as (
        select
            key_result_id,
            at_moment,
            next_moment,
            (
                name,
                objective_id,
                kind,
                goal_type,
                unit,
                direction,
                baseline_value,
                target_value,
                start_date,
                due_date,
                review_every,
                owner_id,
                metric_name,
                metric_dimension,
                metric_member_id
            ) as said
        from feed.key_results_history as history
        semi join feed.key_results as standing using (key_result_id)
    ),
    begun as (
        select *
        from shown
        window by_moment as (partition by key_result_id order by at_moment)
        qualify
            lag(next_moment) over by_moment is distinct from at_moment or lag(said) over by_moment is distinct from said
    )
select key_result_id, max(at_moment) as said_from
from begun
group by all
