with
    work_items as (select * from {{ ref("stg_work_items") }}),

    landed_work_items as (select * from {{ source("landing", "work_items") }} where _row_kind = 'row'),

    changes as (select * from {{ ref("stg_work_item_changes") }} where field = 'status'),

    landed_changes as (
        select * from {{ source("landing", "work_item_changes") }} where _row_kind = 'row' and field = 'status'
    ),

    changed_statuses as (
        select distinct work_items.source_name, unnest(list_distinct([changes.from_value, changes.to_value])) as status
        from changes
        inner join work_items on changes.work_item_id = work_items.work_item_id
    ),

    -- each row that shows a status together with what it means
    showings as (
        select
            source_name,
            cast(null as timestamp) as earlier_at,
            cast(null as bigint) as earlier_load_seq,
            work_item_id,
            status,
            status_category,
            resolution
        from work_items
        union all
        select source_name, null, null, work_item_id, from_value, from_category, null
        from changes
        union all
        select source_name, null, null, work_item_id, to_value, to_category, null
        from changes
        union all
        select source, observed_at, load_seq, work_item_id, status, status_category, resolution
        from landed_work_items
        union all
        select source, observed_at, load_seq, work_item_id, from_value, from_category, null
        from landed_changes
        union all
        select source, observed_at, load_seq, work_item_id, to_value, to_category, null
        from landed_changes
    ),

    work_items_per_meaning as (
        select
            source_name,
            earlier_at,
            earlier_load_seq,
            status,
            status_category,
            count(distinct work_item_id) as work_items,
            count(distinct work_item_id) filter (
                status_category <> 'cancelled' or resolution is null
            ) as deciding_work_items
        from showings
        where status_category in {{ status_categories() }}
        group by source_name, earlier_at, earlier_load_seq, status, status_category
    ),

    -- the item's own source goes before others, current rows before the latest earlier load, most items before fewer;
    -- what a resolution cancelled decides only where nothing else does
    ranked_meanings as (
        select
            changed_statuses.source_name,
            changed_statuses.status,
            shown.status_category,
            row_number() over (
                partition by changed_statuses.source_name, changed_statuses.status
                order by
                    shown.source_name = changed_statuses.source_name desc,
                    shown.deciding_work_items > 0 desc,
                    shown.earlier_at desc nulls first,
                    shown.earlier_load_seq desc,
                    shown.deciding_work_items desc,
                    shown.work_items desc,
                    shown.status_category
            ) as preference
        from changed_statuses
        inner join work_items_per_meaning as shown on changed_statuses.status = shown.status
    )

select source_name, status, status_category
from ranked_meanings
where preference = 1
