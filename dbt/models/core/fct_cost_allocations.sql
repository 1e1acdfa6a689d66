with
    allocations as (select * from {{ ref("int_cost_allocations") }}),

    ledger_entries as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    allocations_with_keys as (
        select
            ledger_entries.ledger_entry_key,
            coalesce(deliverables.deliverable_key, -1) as deliverable_key,
            ledger_entries.account_key,
            allocations.allocation_rule,
            allocations.allocation_basis,
            ledger_entries.posted_date,
            ledger_entries.cost_month_date,
            {{ own_else("deliverables", "ledger_entries", "initiative") }},
            {{ own_else("deliverables", "ledger_entries", "team") }},
            {{ own_else("deliverables", "ledger_entries", "product") }},
            {{ in_conflict("deliverables", "ledger_entries", "initiative") }}
            or {{ in_conflict("deliverables", "ledger_entries", "team") }}
            or {{ in_conflict("deliverables", "ledger_entries", "product") }} as is_conflicting,
            {{ units_as_amount("allocations.allocated_units") }} as allocated_reporting_amount,
            ledger_entries.source_file,
            ledger_entries.source_record
        from allocations
        inner join ledger_entries on allocations.ledger_entry_id = ledger_entries.ledger_entry_id
        left join deliverables on allocations.deliverable_id = deliverables.work_item_id
    )

select {{ surrogate_key(["ledger_entry_key", "deliverable_key"]) }} as cost_allocation_key, *
from allocations_with_keys
