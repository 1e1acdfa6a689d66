-- BI tools join a metric's values to a dimension's latest rows: a figure under an older version of a member would be
-- lost.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    latest_members as (
        {% for entity in ("initiative", "team", "product") %}
            select '{{ entity }}' as dimension_name, {{ entity }}_key as member_key
            from {{ ref("dim_" ~ entity) }}
            where is_latest {{ "union all" if not loop.last }}
        {% endfor %}
    )

select distinct dimension_name, member_key, member_id
from {{ ref("fct_metric_values") }} as metric_values
anti join
    latest_members
    on metric_values.dimension_name = latest_members.dimension_name
    and metric_values.member_key = latest_members.member_key
where metric_values.dimension_name in ('initiative', 'team', 'product')
