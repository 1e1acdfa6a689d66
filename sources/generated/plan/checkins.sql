-- one row per reading of a key result: each four weeks, on a line to the score that it ends with
with
    key_results as (select * from key_results where not is_by_metric),

    readings as (
        select
            key_results.*,
            range as n,
            (start_date + (6 + 28 * range)::integer)::date as read_on,
            chance('reading', concat(key_result_id, '-', range)) as noise
        from key_results
        cross join range(26)
    ),

    known as (
        select *, least(1.0, (read_on - start_date)::double / (due_date - 30 - start_date)) as progress
        from readings
        where
            read_on <= least(due_date + 40, last_day_known())
            -- nobody looks again at those that stay unmeasured
            and (profile <> 'unmeasured' or n < 3)
    ),

    scored as (
        select
            *,
            case
                -- the first of the profile is held until it is due, and lost afterwards
                when slot = 0 and j = 0 and read_on > due_date
                then 0.5
                else final_score * progress + 0.01 * (noise - 0.5)
            end as score
        from known
    )

select
    key_result_id,
    at_work(read_on, concat(key_result_id, n)) as checked_at,
    case
        when is_hold
        then case when profile = 'none' then 99.1 else 99.7 end + round(0.1 * noise, 3)
        when is_output
        then round(baseline_value + (target_value - baseline_value) * greatest(0, score))
        else round(baseline_value + (target_value - baseline_value) * score, 4)
    end::decimal(18, 4) as value,
    round(least(1.0, greatest(0.1, 0.5 + score * 0.4)), 2)::decimal(4, 2) as confidence,
    folder_of(read_on) as folder
from scored
