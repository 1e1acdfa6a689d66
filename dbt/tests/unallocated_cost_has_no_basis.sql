-- Cost is allocated to a deliverable by a basis, or to none without one: else nobody could explain the allocation.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

select
    allocations.ledger_entry_key,
    allocations.deliverable_key,
    allocations.allocation_rule,
    allocations.allocation_basis,
    entries.is_synthetic
from {{ ref("fct_cost_allocations") }} as allocations
inner join {{ ref("fct_ledger_entries") }} as entries on allocations.ledger_entry_key = entries.ledger_entry_key
where
    (allocations.deliverable_key = -1) <> (allocations.allocation_basis is null)
    or (allocations.allocation_rule in ('overhead', 'unallocated', 'no_rate') and allocations.deliverable_key <> -1)
    or (allocations.allocation_rule in ('work_item', 'team', 'labour_rates') and allocations.deliverable_key = -1)
    -- only entries made of hours at labour rates are such; an invoice that names work is not
    or (allocations.allocation_rule = 'labour_rates' and not entries.is_synthetic)
