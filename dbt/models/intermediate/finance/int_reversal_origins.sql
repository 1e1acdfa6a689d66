with recursive
    -- duplicates would multiply with every step of the recursion
    entries as (
        select distinct ledger_entry_id, reverses_ledger_entry_id from {{ ref("int_ledger_entries") }} where is_cost
    ),

    reversals as (
        select reversing.ledger_entry_id, reversing.reverses_ledger_entry_id
        from entries as reversing
        inner join entries as reversed on reversing.reverses_ledger_entry_id = reversed.ledger_entry_id
    ),

    chains as (
        select ledger_entry_id, reverses_ledger_entry_id as origin_id, 1 as distance, [ledger_entry_id] as path
        from reversals
        union all
        select
            chains.ledger_entry_id,
            reversals.reverses_ledger_entry_id as origin_id,
            chains.distance + 1 as distance,
            list_append(chains.path, chains.origin_id) as path
        from chains
        inner join reversals on chains.origin_id = reversals.ledger_entry_id
        where not list_contains(chains.path, chains.origin_id)
    ),

    chain_ends as (
        select ledger_entry_id, arg_max(origin_id, distance) as origin_ledger_entry_id
        from chains
        group by ledger_entry_id
    )

select *
from chain_ends
where origin_ledger_entry_id <> ledger_entry_id
