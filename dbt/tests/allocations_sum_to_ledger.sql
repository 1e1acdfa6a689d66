-- A cent that is lost or made between an entry and its deliverables would show as value or waste that never was.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    allocations_per_entry as (
        select
            ledger_entry_key,
            count(*) as parts,
            count(allocated_reporting_amount) as parts_with_amount,
            sum(allocated_reporting_amount) as allocated_reporting_amount
        from {{ ref("fct_cost_allocations") }}
        group by ledger_entry_key
    ),

    differences as (
        select
            entries.ledger_entry_id,
            entries.reporting_amount,
            allocations_per_entry.allocated_reporting_amount,
            allocations_per_entry.parts,
            allocations_per_entry.parts_with_amount
        from entries
        full outer join allocations_per_entry on entries.ledger_entry_key = allocations_per_entry.ledger_entry_key
        where
            entries.ledger_entry_key is null
            or allocations_per_entry.ledger_entry_key is null
            or entries.reporting_amount is distinct from allocations_per_entry.allocated_reporting_amount
            or (entries.reporting_amount is null and allocations_per_entry.parts <> 1)
    )

select *
from differences
