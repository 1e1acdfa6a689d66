-- A month that was told already must show what came after: an entry of a day for which its source had spoken is late,
-- unless the load before it was of the same moment, and so was put right by it.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    loads as (select * from {{ ref("stg_loads") }} where feed = 'ledger_entries'),

    landed as (select * from {{ source("landing", "ledger_entries") }}),

    shown as (
        select
            ledger_entry_id,
            source,
            min(observed_at) as observed_at,
            -- of the loads of one moment the last one counts
            - min(row(observed_at, - load_seq))[2] as last_seq,
            min_by(posted_date, row(observed_at, - load_seq)) filter (_row_kind = 'row') as posted_date
        from landed
        group by ledger_entry_id, source
    ),

    of_one_source as (
        select * from shown where posted_date is not null qualify count(*) over (partition by ledger_entry_id) = 1
    ),

    -- what the moment that showed it first also took away was never there
    taken_back as (
        select entries.ledger_entry_id
        from of_one_source as entries
        inner join
            loads
            on entries.source = loads.source
            and entries.observed_at = loads.observed_at
            and entries.last_seq < loads.load_seq
        where loads.kind = 'snapshot' and loads.deletes
    ),

    before as (
        select entries.ledger_entry_id, entries.posted_date, max(loads.load_seq) as load_seq
        from of_one_source as entries
        anti join taken_back on entries.ledger_entry_id = taken_back.ledger_entry_id
        inner join loads on entries.source = loads.source and loads.observed_at < entries.observed_at
        group by all
    ),

    late as (
        select before.ledger_entry_id
        from before
        cross join settings
        inner join loads on before.load_seq = loads.load_seq
        where
            before.posted_date <= cast(timezone(settings.time_zone, timezone('UTC', loads.observed_at)) as date)
            and (
                loads.covers is null
                or exists (
                    select 1
                    from (select unnest(loads.covers) as days)
                    where before.posted_date >= days[1] and before.posted_date < days[2]
                )
            )
    ),

    restated as (select ledger_entry_id from {{ ref("fct_ledger_corrections") }} where correction_kind = 'late')

select
    coalesce(late.ledger_entry_id, restated.ledger_entry_id) as ledger_entry_id,
    late.ledger_entry_id is not null as is_late
from late
full outer join restated on late.ledger_entry_id = restated.ledger_entry_id
where
    (late.ledger_entry_id is null or restated.ledger_entry_id is null)
    and coalesce(late.ledger_entry_id, restated.ledger_entry_id) in (select ledger_entry_id from of_one_source)
