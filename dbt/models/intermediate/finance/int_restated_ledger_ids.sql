with
    landed_rows as (select * from {{ source("landing", "ledger_entries") }}),

    loads as (select * from {{ ref("stg_loads") }} where feed = 'ledger_entries'),

    settings as (select * from {{ ref("stg_settings") }}),

    last_load_per_moment as (
        select * from loads qualify row_number() over (partition by source, observed_at order by load_seq desc) = 1
    ),

    -- the load before each load of a source, and the day up to which it covered; the last load of a moment counts
    previous_loads as (
        select
            loads.source,
            loads.observed_at,
            lag(loads.covers) over (partition by loads.source order by loads.observed_at) as earlier_covers,
            lag({{ local_date("loads.observed_at", "settings.time_zone") }}) over (
                partition by loads.source order by loads.observed_at
            ) as earlier_date
        from last_load_per_moment as loads
        cross join settings
    ),

    snapshots as (select source, load_seq from loads where kind = 'snapshot' and deletes),

    entries_per_source as (
        select
            source,
            ledger_entry_id,
            min(load_seq) as first_seq,
            min(observed_at) as first_seen_at,
            count(distinct load_seq) filter (load_kind = 'snapshot' and deletes) as loads_shown,
            count(distinct {{ surrogate_key(restated_ledger_columns()) }}) filter (_row_kind = 'row') as values_shown,
            arg_min(posted_date, row(observed_at, - load_seq)) filter (_row_kind = 'row') as first_posted_date
        from landed_rows
        group by source, ledger_entry_id
        having count(*) filter (_row_kind = 'row') > 0
    ),

    expected_loads as (
        select entries_per_source.source, entries_per_source.ledger_entry_id, count(*) as loads_expected
        from entries_per_source
        inner join
            snapshots
            on entries_per_source.source = snapshots.source
            and entries_per_source.first_seq <= snapshots.load_seq
        group by entries_per_source.source, entries_per_source.ledger_entry_id
    ),

    source_restatements as (
        select
            entries_per_source.ledger_entry_id,
            entries_per_source.values_shown > 1
            or entries_per_source.loads_shown < coalesce(expected_loads.loads_expected, 0) as is_changed,
            -- the source's load before covered its day, and lacked it
            coalesce(
                entries_per_source.first_posted_date <= previous_loads.earlier_date
                and (
                    previous_loads.earlier_covers is null
                    or len(
                        list_filter(
                            previous_loads.earlier_covers,
                            lambda days:entries_per_source.first_posted_date >= days[1]
                            and entries_per_source.first_posted_date < days[2]
                        )
                    )
                    > 0
                ),
                false
            ) as is_late
        from entries_per_source
        left join
            previous_loads
            on entries_per_source.source = previous_loads.source
            and entries_per_source.first_seen_at = previous_loads.observed_at
        left join
            expected_loads
            on entries_per_source.source = expected_loads.source
            and entries_per_source.ledger_entry_id = expected_loads.ledger_entry_id
    ),

    -- two sources that show one entry overwrite each other
    restatements as (
        select ledger_entry_id, bool_or(is_changed) or count(*) > 1 as is_changed, bool_and(is_late) as is_late
        from source_restatements
        group by ledger_entry_id
    )

select *
from restatements
where is_changed or is_late
