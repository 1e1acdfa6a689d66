-- An unknown cost is not a cost of zero: cost beside value is the sum of the allocations, and NULL where it is unknown.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    coverage as (
        select count(*) > 0 as is_covered
        from {{ ref("int_feed_days") }}
        where feed = 'ledger_entries' and (select count(*) from {{ ref("int_given_kinds") }} where kind = 'cost') = 1
    ),

    allocated_cost as (
        select
            unnest(['deliverable', 'initiative']) as level,
            unnest([deliverable_key, initiative_key]) as entity_key,
            allocated_reporting_amount
        from {{ ref("fct_cost_allocations") }}
    ),

    cost_per_entity as (
        select
            level,
            entity_key,
            sum(allocated_reporting_amount) as cost,
            count(*) - count(allocated_reporting_amount) as unrated
        from allocated_cost
        group by level, entity_key
    ),

    compared_rows as (
        select
            shown.*,
            case
                when coverage.is_covered and coalesce(own.unrated, 0) = 0 then coalesce(own.cost, 0) else own.cost
            end as expected_cost,
            coverage.is_covered
            and coalesce(own.unrated, 0) = 0
            and (shown.initiative_key < 0 or coalesce(around.unrated, 0) = 0) as expected_complete
        from {{ ref("value_realization") }} as shown
        cross join coverage
        left join cost_per_entity as own on shown.level = own.level and shown.entity_key = own.entity_key
        left join cost_per_entity as around on around.level = 'initiative' and shown.initiative_key = around.entity_key
    )

select level, entity_id, cost_reporting_amount, expected_cost, is_cost_complete, expected_complete
from compared_rows
where
    cost_reporting_amount is distinct from cast(expected_cost as decimal(28, 4))
    or is_cost_complete is distinct from expected_complete
    or is_overspent is distinct from case
        when expected_cost - approved_reporting_amount > 0
        then true
        when approved_reporting_amount is null or not expected_complete
        then null
        else false
    end
