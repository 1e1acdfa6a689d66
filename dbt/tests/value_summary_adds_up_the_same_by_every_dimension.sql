-- Whoever cuts the answer by team, product, initiative or objective must find the same work and the same cost in it.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    totals as (
        select
            grain,
            period_start_date,
            dimension_name,
            sum(deliverables) as deliverables,
            sum(cost_reporting_amount) as cost_reporting_amount
        from {{ ref("value_summary") }}
        group by all
    ),

    whole as (select * from totals where dimension_name = 'total'),

    ledger as (
        select sum(reporting_amount) as cost_reporting_amount from {{ ref("fct_ledger_entries") }} where is_cost
    ),

    disagreeing as (
        select
            totals.grain,
            totals.period_start_date,
            totals.dimension_name,
            totals.deliverables,
            totals.cost_reporting_amount,
            whole.deliverables as deliverables_in_all,
            whole.cost_reporting_amount as cost_in_all
        from totals
        left join
            whole
            on totals.grain = whole.grain
            and totals.period_start_date is not distinct from whole.period_start_date
        where
            totals.deliverables is distinct from whole.deliverables
            or totals.cost_reporting_amount is distinct from whole.cost_reporting_amount
    ),

    unlike_the_ledger as (
        select whole.*, ledger.cost_reporting_amount as cost_of_the_ledger
        from whole
        cross join ledger
        where
            whole.grain = 'all'
            and coalesce(whole.cost_reporting_amount, 0) <> coalesce(ledger.cost_reporting_amount, 0)
    ),

    found as (
        select *
        from disagreeing
        union all by name
        select *
        from unlike_the_ledger
    )

select *
from found
