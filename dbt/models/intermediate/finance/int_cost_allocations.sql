-- one row per entry of cost and deliverable that a part of it is allocated to (NULL: none), in units of 10^-4, and by
-- which rule
with
    entries as (select * from {{ ref("int_cost_entries") }}),

    weights as (select * from {{ ref("int_cost_weights") }}),

    weighted_scopes as (select distinct scope, scope_id, month_start_date from weights),

    -- the first rule that applies, and the scope whose deliverables the cost is allocated to
    entries_with_rule as (
        select
            entries.ledger_entry_id,
            entries.units,
            abs(entries.units) as absolute_units,
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
            case when entries.is_reversal then 'reversal' else deciding_rule end as allocation_rule,
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

    whole_shares as (
        select
            entries_with_rule.ledger_entry_id,
            weights.deliverable_id,
            entries_with_rule.allocation_rule,
            weights.allocation_basis,
            entries_with_rule.units,
            entries_with_rule.absolute_units,
            weights.precedence,
            {{ whole_share("entries_with_rule.absolute_units", "weights.weight", "weights.total_weight") }}
            as base_units,
            {{ share_remainder("entries_with_rule.absolute_units", "weights.weight", "weights.total_weight") }}
            as remainder
        from entries_with_rule
        inner join
            weights
            on entries_with_rule.deciding_rule = weights.scope
            and entries_with_rule.scope_id = weights.scope_id
            and entries_with_rule.deciding_month_date = weights.month_start_date
        where entries_with_rule.units is not null
    ),

    ranked_remainders as (
        select
            *,
            row_number() over (partition by ledger_entry_id order by remainder desc, precedence) as remainder_rank,
            absolute_units - sum(base_units) over (
                partition by ledger_entry_id
                order by remainder desc, precedence
                rows between unbounded preceding and unbounded following
            ) as units_left
        from whole_shares
    ),

    -- an entry of zero has no remainders, so its first part is the one of greatest weight
    divided_entries as (
        select
            ledger_entry_id,
            deliverable_id,
            allocation_rule,
            allocation_basis,
            case when units < 0 then -1 else 1 end
            * (base_units + case when remainder_rank <= units_left then 1 else 0 end) as allocated_units
        from ranked_remainders
        where base_units > 0 or remainder_rank <= units_left or (absolute_units = 0 and remainder_rank = 1)
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
