{#-
    Benjamini and Hochberg 1995, as they put it: of m tests in the order of p, the last one with p <= 0.05 k / m and all before
    it are discoveries. What is called better or worse are these and no others, by the sign of the change.
-#}
with
    tested as (
        select *, row_number() over (order by p_value) as place, count(*) over () as tests
        from {{ ref("fct_metric_comparisons") }}
        where p_value is not null
    ),

    last_place as (select coalesce(max(place), 0) as place from tested where p_value * tests <= 0.05 * place),

    directions as (select metric_name, metric_version, direction from {{ ref("dim_metric") }}),

    expected as (
        select
            tested.metric_value_key,
            case
                when tested.place > last_place.place
                then 'no clear change'
                when sign(tested.change) = case directions.direction when 'up' then 1 else -1 end
                then 'better'
                else 'worse'
            end as verdict
        from tested
        cross join last_place
        inner join
            directions
            on tested.metric_name = directions.metric_name
            and tested.metric_version = directions.metric_version
    )

select comparisons.metric_value_key, comparisons.verdict, expected.verdict as expected
from {{ ref("fct_metric_comparisons") }} as comparisons
left join expected on comparisons.metric_value_key = expected.metric_value_key
where comparisons.verdict <> coalesce(expected.verdict, 'not tested')
