-- Cost is allocated to a deliverable by a basis, or to none without one: else nobody could explain the allocation.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

select ledger_entry_key, deliverable_key, allocation_rule, allocation_basis
from {{ ref("fct_cost_allocations") }}
where
    (deliverable_key = -1) <> (allocation_basis is null)
    or (allocation_rule in ('overhead', 'unallocated', 'no_rate') and deliverable_key <> -1)
    or (allocation_rule in ('work_item', 'team', 'labour_rates') and deliverable_key = -1)
