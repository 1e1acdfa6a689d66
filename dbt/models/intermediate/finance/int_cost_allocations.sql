with
    entries as (select * from {{ ref("int_cost_entries") }}),

    weights as (select * from {{ ref("int_cost_weights") }}),

    weighted_scopes as (select distinct scope, scope_id, month_start_date from weights),

    -- the first rule that applies, and the scope whose deliverables the cost is allocated to
    entries_with_rule as (
        select
            entries.ledger_entry_id,
            entries.units,
            entries.deciding_month_date,
            case when not entries.is_overhead then entries.deliverable_id end as deliverable_id,
            case
                when entries.is_overhead
                then 'overhead'
                when entries.is_labour
                then 'labour_rates'
                when entries.deliverable_id is not null or of_work_item.scope_id is not null
                then 'work_item'
                when entries.initiative_id is not null
                then 'initiative'
                when of_team.scope_id is not null
                then 'team'
                else 'unallocated'
            end as deciding_rule,
            case
                when entries.is_reversal and not entries.is_overhead then 'reversal' else deciding_rule
            end as allocation_rule,
            case
                when entries.is_overhead or entries.deliverable_id is not null
                then null
                when of_work_item.scope_id is not null
                then entries.work_item_id
                when entries.initiative_id is not null
                then of_initiative.scope_id
                else of_team.scope_id
            end as scope_id
        from entries
        left join
            weighted_scopes as of_work_item
            on of_work_item.scope = 'work_item'
            and entries.work_item_id = of_work_item.scope_id
            and entries.deciding_month_date = of_work_item.month_start_date
        left join
            weighted_scopes as of_initiative
            on of_initiative.scope = 'initiative'
            and entries.initiative_id = of_initiative.scope_id
            and entries.deciding_month_date = of_initiative.month_start_date
        left join
            weighted_scopes as of_team
            on of_team.scope = 'team'
            and entries.team_id = of_team.scope_id
            and entries.deciding_month_date = of_team.month_start_date
    ),

    -- what needs no sharing: one deliverable, none, or no amount to share
    undivided_entries as (
        select
            ledger_entry_id,
            case when units is not null then deliverable_id end as deliverable_id,
            case when units is null then 'no_rate' else allocation_rule end as allocation_rule,
            case when units is not null and deliverable_id is not null then 'itself' end as allocation_basis,
            units as allocated_units
        from entries_with_rule
        where units is null or scope_id is null
    ),

    weighted_parts as (
        select
            entries_with_rule.ledger_entry_id,
            weights.deliverable_id,
            entries_with_rule.allocation_rule,
            weights.allocation_basis,
            weights.precedence,
            {{
                allocated_units(
                    "entries_with_rule.units",
                    "weights.weight",
                    "weights.total_weight",
                    within="entries_with_rule.ledger_entry_id",
                    tie_break="weights.precedence",
                )
            }} as allocated_units,
            entries_with_rule.units
        from entries_with_rule
        inner join
            weights
            on entries_with_rule.deciding_rule = weights.scope
            and entries_with_rule.scope_id = weights.scope_id
            and entries_with_rule.deciding_month_date = weights.month_start_date
        where entries_with_rule.units is not null
    ),

    -- an entry of zero has no remainders, so its first part is the one of greatest weight
    divided_entries as (
        select ledger_entry_id, deliverable_id, allocation_rule, allocation_basis, allocated_units
        from weighted_parts
        where allocated_units <> 0 or (units = 0 and precedence = 1)
    ),

    allocations as (
        select *
        from undivided_entries
        union all
        select *
        from divided_entries
    )

select *
from allocations
