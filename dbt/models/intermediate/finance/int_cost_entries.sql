-- one row per entry of cost: its amount in units of 10^-4, and what decides where it goes; a reversal takes that over
-- from
-- the entry that it reverses
with
    facts as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    settings as (select * from {{ ref("stg_settings") }}),

    accounts as (select account_key, cost_category from {{ ref("dim_account") }}),

    work_items as (
        select work_item_id, case when lower(initiative_id) <> 'unknown' then initiative_id end as initiative_id
        from {{ ref("stg_work_items") }}
    ),

    deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    origins as (select * from {{ ref("int_reversal_origins") }}),

    named as (
        select ledger_entry_id, work_item_id, initiative_id, team_id
        from {{ ref("stg_ledger_entries") }}
        union all
        select ledger_entry_id, work_item_id, initiative_id, team_id
        from {{ ref("int_labour_entries") }}
    ),

    entries as (
        select
            facts.ledger_entry_key,
            facts.ledger_entry_id,
            facts.cost_month_date,
            cast(facts.reporting_amount * 10000 as hugeint) as units,
            facts.is_synthetic and deliverables.deliverable_id is not null as is_labour,
            coalesce(list_contains(settings.overhead_categories, accounts.cost_category), false) as is_overhead,
            deliverables.deliverable_id,
            case when deliverables.deliverable_id is null then work_items.work_item_id end as work_item_id,
            coalesce(
                case when lower(named.initiative_id) <> 'unknown' then named.initiative_id end, work_items.initiative_id
            ) as initiative_id,
            case when lower(named.team_id) <> 'unknown' then named.team_id end as team_id
        from facts
        cross join settings
        inner join named on facts.ledger_entry_id = named.ledger_entry_id
        left join accounts on facts.account_key = accounts.account_key
        left join work_items on named.work_item_id = work_items.work_item_id
        left join deliverables on named.work_item_id = deliverables.work_item_id
    ),

    decided as (
        select
            entries.ledger_entry_key,
            entries.ledger_entry_id,
            entries.units,
            origins.ledger_entry_id is not null as is_reversal,
            deciding.cost_month_date as deciding_month_date,
            deciding.is_labour,
            deciding.is_overhead,
            deciding.deliverable_id,
            deciding.work_item_id,
            deciding.initiative_id,
            deciding.team_id
        from entries
        left join origins on entries.ledger_entry_id = origins.ledger_entry_id
        inner join
            entries as deciding
            on coalesce(origins.origin_ledger_entry_id, entries.ledger_entry_id) = deciding.ledger_entry_id
    )

select *
from decided
