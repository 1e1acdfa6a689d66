-- A period that ends a day late would be covered less, and shown as partial: its end is the start of the next one.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

select distinct grain, period_start, period_end
from {{ ref("fct_metric_values") }}
where
    period_end is distinct from cast(
        period_start + case
            grain
            when 'day'
            then interval 1 day
            when 'week'
            then interval 7 day
            when 'month'
            then interval 1 month
            when 'quarter'
            then interval 3 month
            when 'year'
            then interval 1 year
            when 'fiscal_year'
            then interval 12 month
        end as date
    )
