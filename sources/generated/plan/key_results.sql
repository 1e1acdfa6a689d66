-- one row per key result, with the score that it ends with and what is changed on the way
with
    objectives as (select * from objectives),

    numbered as (
        select objectives.*, range as j, profile = 'output' or (is_with_output and range = key_results - 1) as is_output
        from objectives
        inner join range(4) on range < key_results
    ),

    templates(n, key_result_name, unit, baseline, target) as (
        values
            (0, 'conversion rate', '%', 2.0, 3.2),
            (1, 'time until it is done', 'hours', 48, 20),
            (2, 'customers who come back', '%', 35, 50),
            (3, 'questions answered without a person', '%', 20, 45),
            (4, 'things shipped', 'count', 0, 12)
    ),

    judged as (
        select
            numbered.*,
            format('{}-KR{}', objective_id, j + 1) as key_result_id,
            templates.key_result_name || ', ' || lower(objective_name) as key_result_name,
            templates.unit,
            templates.baseline,
            templates.target,
            not is_output and j = 2 and slot in (0, 1, 5, 9) as is_hold,
            not is_output and slot = 2 and j = 0 and block = 0 as is_by_metric,
            case
                when is_output
                then 0.6 + 0.4 * chance('score', objective_id || j)
                when slot = 2
                then 1.0 + 0.1 * chance('score', objective_id || j)
                when profile = 'created'
                then 0.86 + 0.2 * chance('score', objective_id || j)
                when profile = 'some'
                then 0.43 + 0.14 * chance('score', objective_id || j)
                when profile = 'none'
                then 0.03 + 0.14 * chance('score', objective_id || j)
                when profile = 'negative'
                then -0.55 + 0.25 * chance('score', objective_id || j)
                when profile = 'running'
                then 0.5 + 0.1 * chance('score', objective_id || j)
                else 0.05
            end as final_score,
            period_start as start_date,
            (period_end - ([0, 15, 30, 10])[j + 1]) as due_date
        from numbered
        inner join templates on templates.n = case when is_output then 4 else j end
    ),

    shaped as (
        select
            * exclude (baseline, target, key_result_name, unit),
            case
                when is_by_metric then 'NPS of Checkout' when is_hold then 'availability' else key_result_name
            end as key_result_name,
            case when is_by_metric then 'points' when is_hold then '%' else unit end as unit,
            case when is_by_metric then -20.0 when is_hold then 99.9 else baseline end as baseline_value,
            case when is_by_metric then 40.0 when is_hold then 99.5 else target end as target_value
        from judged
    )

select
    *,
    -- targets that were moved: on the way (what counts), or after the key result was due (what must not count)
    case
        when slot = 3 and j = 0
        then round(baseline_value + (target_value - baseline_value) * 0.8, 4)
        when slot = 5 and j = 0
        then target_value
    end as first_target_value,
    case
        when slot = 3 and j = 0 then start_date + 100 when slot = 5 and j = 0 then due_date + 20
    end as target_moves_on,
    case
        when slot = 5 and j = 0 then round(baseline_value + (target_value - baseline_value) * 0.1, 4)
    end as late_target_value
from shaped
