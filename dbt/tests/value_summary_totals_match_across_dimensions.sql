-- Work and cost must be the same in total whether they are cut by team, product, initiative or objective.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    totals_per_dimension as (
        select
            grain,
            period_start_date,
            dimension_name,
            sum(deliverables) as deliverables,
            sum(cost_reporting_amount) as cost_reporting_amount
        from {{ ref("value_summary") }}
        group by all
    ),

    portfolio_totals as (select * from totals_per_dimension where dimension_name = 'total'),

    ledger_cost as (
        select sum(reporting_amount) as cost_reporting_amount from {{ ref("fct_ledger_entries") }} where is_cost
    ),

    differences as (
        select
            totals_per_dimension.grain,
            totals_per_dimension.period_start_date,
            totals_per_dimension.dimension_name,
            totals_per_dimension.deliverables,
            totals_per_dimension.cost_reporting_amount,
            portfolio_totals.deliverables as deliverables_in_all,
            portfolio_totals.cost_reporting_amount as cost_in_all
        from totals_per_dimension
        left join
            portfolio_totals
            on totals_per_dimension.grain = portfolio_totals.grain
            and totals_per_dimension.period_start_date is not distinct from portfolio_totals.period_start_date
        where
            totals_per_dimension.deliverables is distinct from portfolio_totals.deliverables
            or totals_per_dimension.cost_reporting_amount is distinct from portfolio_totals.cost_reporting_amount
    ),

    ledger_differences as (
        select portfolio_totals.*, ledger_cost.cost_reporting_amount as cost_of_the_ledger
        from portfolio_totals
        cross join ledger_cost
        where
            portfolio_totals.grain = 'all'
            and coalesce(portfolio_totals.cost_reporting_amount, 0) <> coalesce(ledger_cost.cost_reporting_amount, 0)
    ),

    all_differences as (
        select *
        from differences
        union all by name
        select *
        from ledger_differences
    )

select *
from all_differences
