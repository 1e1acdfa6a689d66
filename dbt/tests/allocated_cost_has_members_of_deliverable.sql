-- Cost belongs to the deliverable's own initiative, team and product; where the entry names others, a flag says so.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    allocations_with_members as (
        select
            allocations.*,
            coalesce(
                nullif(work.current_initiative_key, -2), entries.current_initiative_key
            ) as expected_initiative_key,
            coalesce(nullif(work.current_team_key, -2), entries.current_team_key) as expected_team_key,
            coalesce(nullif(work.current_product_key, -2), entries.current_product_key) as expected_product_key,
            [work.current_initiative_key, work.current_team_key, work.current_product_key] as work_keys,
            [entries.current_initiative_key, entries.current_team_key, entries.current_product_key] as entry_keys
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join {{ ref("fct_ledger_entries") }} as entries on allocations.ledger_entry_key = entries.ledger_entry_key
        left join {{ ref("fct_deliverables") }} as work on allocations.deliverable_key = work.deliverable_key
    ),

    allocations_with_conflict as (
        select
            *,
            coalesce(
                work_keys[1] <> entry_keys[1]
                and least(work_keys[1], entry_keys[1]) > 0
                or work_keys[2] <> entry_keys[2]
                and least(work_keys[2], entry_keys[2]) > 0
                or work_keys[3] <> entry_keys[3]
                and least(work_keys[3], entry_keys[3]) > 0,
                false
            ) as expected_conflict
        from allocations_with_members
    )

select cost_allocation_key, ledger_entry_key, deliverable_key, initiative_key, team_key, product_key, is_conflicting
from allocations_with_conflict
where
    initiative_key is distinct from expected_initiative_key
    or team_key is distinct from expected_team_key
    or product_key is distinct from expected_product_key
    or is_conflicting is distinct from expected_conflict
