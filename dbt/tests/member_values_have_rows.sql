-- A member is listed in a period only if a row of it was counted or excluded: an empty row says nothing.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

select metric_name, grain, period_start, dimension_name, member_id
from {{ ref("fct_metric_values") }}
where
    dimension_name <> 'total'
    and value is null
    and n = 0
    and n_excluded = 0
    and numerator is null
    and denominator is null
