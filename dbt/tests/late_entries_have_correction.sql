-- A month that was published must show what came later: an entry of a day that an earlier load covered is late.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    loads as (select * from {{ ref("stg_loads") }} where feed = 'ledger_entries'),

    landed_rows as (select * from {{ source("landing", "ledger_entries") }}),

    first_load_per_source as (
        select
            ledger_entry_id,
            source,
            min(observed_at) as observed_at,
            -- of the loads of one moment the last one counts
            - min(row(observed_at, - load_seq))[2] as last_seq,
            min_by(posted_date, row(observed_at, - load_seq)) filter (_row_kind = 'row') as posted_date
        from landed_rows
        group by ledger_entry_id, source
    ),

    entries_of_one_source as (
        select *
        from first_load_per_source
        where posted_date is not null
        qualify count(*) over (partition by ledger_entry_id) = 1
    ),

    -- what the moment that showed it first also took away was never there
    entries_taken_back as (
        select entries.ledger_entry_id
        from entries_of_one_source as entries
        inner join
            loads
            on entries.source = loads.source
            and entries.observed_at = loads.observed_at
            and entries.last_seq < loads.load_seq
        where loads.kind = 'snapshot' and loads.deletes
    ),

    previous_loads as (
        select entries.ledger_entry_id, entries.posted_date, max(loads.load_seq) as load_seq
        from entries_of_one_source as entries
        anti join entries_taken_back on entries.ledger_entry_id = entries_taken_back.ledger_entry_id
        inner join loads on entries.source = loads.source and loads.observed_at < entries.observed_at
        group by all
    ),

    late_entries as (
        select previous_loads.ledger_entry_id
        from previous_loads
        cross join settings
        inner join loads on previous_loads.load_seq = loads.load_seq
        where
            previous_loads.posted_date <= cast(timezone(settings.time_zone, timezone('UTC', loads.observed_at)) as date)
            and (
                loads.covers is null
                or exists (
                    select 1
                    from (select unnest(loads.covers) as days)
                    where previous_loads.posted_date >= days[1] and previous_loads.posted_date < days[2]
                )
            )
    ),

    restated_entries as (select ledger_entry_id from {{ ref("fct_ledger_corrections") }} where correction_kind = 'late')

select
    coalesce(late_entries.ledger_entry_id, restated_entries.ledger_entry_id) as ledger_entry_id,
    late_entries.ledger_entry_id is not null as is_late
from late_entries
full outer join restated_entries on late_entries.ledger_entry_id = restated_entries.ledger_entry_id
where
    (late_entries.ledger_entry_id is null or restated_entries.ledger_entry_id is null)
    and coalesce(late_entries.ledger_entry_id, restated_entries.ledger_entry_id)
    in (select ledger_entry_id from entries_of_one_source)
