-- A cent lost or made between an entry and its deliverables would be value or waste that never was.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    allocated as (
        select
            ledger_entry_key,
            count(*) as parts,
            count(allocated_reporting_amount) as parts_with_amount,
            sum(allocated_reporting_amount) as allocated_reporting_amount
        from {{ ref("fct_cost_allocations") }}
        group by ledger_entry_key
    ),

    disagreeing as (
        select
            entries.ledger_entry_id,
            entries.reporting_amount,
            allocated.allocated_reporting_amount,
            allocated.parts,
            allocated.parts_with_amount
        from entries
        full outer join allocated on entries.ledger_entry_key = allocated.ledger_entry_key
        where
            entries.ledger_entry_key is null
            or allocated.ledger_entry_key is null
            or entries.reporting_amount is distinct from allocated.allocated_reporting_amount
            or (entries.reporting_amount is null and allocated.parts <> 1)
    )

select *
from disagreeing
