with
    ledger_entries as (select * from {{ ref("int_ledger_entries") }} where is_cost),

    settings as (select * from {{ ref("stg_settings") }}),

    origins as (select * from {{ ref("int_reversal_origins") }}),

    cost_entries as (
        select
            ledger_entries.ledger_entry_id,
            ledger_entries.own_cost_month_date,
            cast(ledger_entries.reporting_amount * 10000 as hugeint) as units,
            ledger_entries.is_synthetic and ledger_entries.deliverable_id is not null as is_labour,
            coalesce(list_contains(settings.overhead_categories, ledger_entries.cost_category), false) as is_overhead,
            ledger_entries.deliverable_id,
            case
                when ledger_entries.has_work_item and ledger_entries.deliverable_id is null
                then ledger_entries.work_item_id
            end as work_item_id,
            case
                when lower(ledger_entries.initiative_id) <> 'unknown' then ledger_entries.initiative_id
            end as initiative_id,
            case when lower(ledger_entries.team_id) <> 'unknown' then ledger_entries.team_id end as team_id
        from ledger_entries
        cross join settings
    ),

    entries_with_their_origin as (
        select
            cost_entries.ledger_entry_id,
            cost_entries.units,
            origins.ledger_entry_id is not null as is_reversal,
            deciding.own_cost_month_date as deciding_month_date,
            deciding.is_labour,
            deciding.is_overhead,
            deciding.deliverable_id,
            deciding.work_item_id,
            deciding.initiative_id,
            deciding.team_id
        from cost_entries
        left join origins on cost_entries.ledger_entry_id = origins.ledger_entry_id
        inner join
            cost_entries as deciding
            on coalesce(origins.origin_ledger_entry_id, cost_entries.ledger_entry_id) = deciding.ledger_entry_id
    )

select *
from entries_with_their_origin
