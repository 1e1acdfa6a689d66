-- An entry that reverses itself, or a circle of such entries, reverses nothing: it keeps its own month and members.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

select ledger_entry_id, origin_ledger_entry_id
from {{ ref("int_reversal_origins") }}
where origin_ledger_entry_id = ledger_entry_id
