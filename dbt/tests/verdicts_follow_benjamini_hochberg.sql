-- Chance alone must not be called a change: only discoveries by Benjamini and Hochberg (1995) are better or worse.
-- Of m tests in the order of p, these are the last one with p <= 0.05 k / m and all before it.
with
    tested_changes as (
        select *, row_number() over (order by p_value) as place, count(*) over () as tests
        from {{ ref("fct_metric_comparisons") }}
        where p_value is not null
    ),

    last_discovery as (
        select coalesce(max(place), 0) as place from tested_changes where p_value * tests <= 0.05 * place
    ),

    metric_directions as (select metric_name, metric_version, direction from {{ ref("dim_metric") }}),

    expected_verdicts as (
        select
            tested_changes.metric_value_key,
            case
                when tested_changes.place > last_discovery.place
                then 'no_clear_change'
                when sign(tested_changes.change) = case metric_directions.direction when 'up' then 1 else -1 end
                then 'better'
                else 'worse'
            end as verdict
        from tested_changes
        cross join last_discovery
        inner join
            metric_directions
            on tested_changes.metric_name = metric_directions.metric_name
            and tested_changes.metric_version = metric_directions.metric_version
    )

select comparisons.metric_value_key, comparisons.verdict, expected_verdicts.verdict as expected
from {{ ref("fct_metric_comparisons") }} as comparisons
left join expected_verdicts on comparisons.metric_value_key = expected_verdicts.metric_value_key
where comparisons.verdict <> coalesce(expected_verdicts.verdict, 'not_tested')
