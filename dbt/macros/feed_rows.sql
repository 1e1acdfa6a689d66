{#-
    The current rows of a feed, one per key: the latest row, unless its source's last snapshot no longer
    holds the key. A quarantined key is held (its previous row stays); a snapshot with an unreadable key
    deletes nothing (`deletes` is false).
-#}
{% macro current_rows(feed, keys) -%}
    with
        landed_rows as (select * from {{ source("landing", feed) }}),

        last_snapshots as (
            select source, max(load_seq) as load_seq
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
            group by source
        ),

        keys_of_source as (
            select
                source,
                {{ keys | join(", ") }},
                max(load_seq) as last_shown_seq,
                max(case when _row_kind = 'row' then load_seq end) as row_seq
            from landed_rows
            group by source, {{ keys | join(", ") }}
        ),

        surviving_keys as (
            select {{ keys | join(", ") }}, max(keys_of_source.row_seq) as row_seq
            from keys_of_source
            left join last_snapshots on keys_of_source.source = last_snapshots.source
            where keys_of_source.last_shown_seq >= coalesce(last_snapshots.load_seq, 0)
            group by {{ keys | join(", ") }}
        )

    -- of a key a load has one row at most
    select landed_rows.*
    from landed_rows
    inner join
        surviving_keys on landed_rows.load_seq = surviving_keys.row_seq
        {% for key in keys %} and landed_rows.{{ key }} is not distinct from surviving_keys.{{ key }} {% endfor %}
    where landed_rows._row_kind = 'row'
{%- endmacro %}

{#-
    Every version of a feed's rows, for slowly changing dimensions (type 2): one row per version, and a
    version per change of any of `attributes`. At each moment a member is as `current_rows` gives it from the loads
    observed by then; of several loads of one moment the last one counts, so that no version is without length.
    The first version is valid from 1900-01-01, later ones from when they were observed. A version ends when the next
    begins, or when no source holds the key any more. `only` names a relation of the keys to look at, where most never
    change.
-#}
{% macro row_versions(feed, key, attributes, only=none) -%}
    {%- set wanted -%}
        {%- if only %}semi join {{ only }} as wanted on rows.{{ key }} = wanted.{{ key }}{%- endif -%}
    {%- endset %}
    with
        landed_rows as (
            select rows.* from {{ source("landing", feed) }} as rows {{ wanted }} where rows._row_kind = 'row'
        ),

        loads_of_key as (
            select
                rows.source,
                rows.{{ key }},
                rows.load_seq,
                rows.observed_at,
                max(case when rows._row_kind = 'row' then rows.load_seq end) as row_seq
            from {{ source("landing", feed) }} as rows {{ wanted }}
            group by rows.source, rows.{{ key }}, rows.load_seq, rows.observed_at
        ),

        snapshots as (
            select source, load_seq, observed_at
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        loads_without_key as (
            select first_loads.source, first_loads.{{ key }}, snapshots.load_seq, snapshots.observed_at
            from (select source, {{ key }}, min(load_seq) as first_seq from landed_rows group by all) as first_loads
            inner join snapshots on first_loads.source = snapshots.source and snapshots.load_seq > first_loads.first_seq
            anti join
                loads_of_key
                on snapshots.source = loads_of_key.source
                and first_loads.{{ key }} = loads_of_key.{{ key }}
                and snapshots.load_seq = loads_of_key.load_seq
        ),

        -- keys that a load lacks or shows with an unreadable row; every other key is as its last load shows it
        unsteady_keys as (
            select {{ key }}
            from loads_without_key
            union
            select {{ key }}
            from loads_of_key
            where row_seq is null
        ),

        holding_events as (
            select loads_of_key.*, true as is_held
            from loads_of_key
            semi join unsteady_keys on loads_of_key.{{ key }} = unsteady_keys.{{ key }}
            union all by name
            select *, false as is_held
            from loads_without_key
        ),

        -- from which load to which a source holds a key, and the load of its row
        holding_spans as (
            select
                source,
                {{ key }},
                load_seq,
                observed_at,
                is_held,
                row_seq is null as has_no_row,
                max(row_seq) over (
                    partition by source, {{ key }} order by load_seq rows between unbounded preceding and current row
                ) as last_row_seq,
                lead(load_seq) over (partition by source, {{ key }} order by load_seq) as next_seq,
                lag(is_held, 1, true) over (partition by source, {{ key }} order by load_seq) as was_held
            from holding_events
        ),

        -- a load that still lacks the key changes nothing
        held_rows as (
            select *, case when is_held then last_row_seq end as held_seq
            from holding_spans
            where last_row_seq is not null and (is_held or was_held)
        ),

        -- the row of a key after a load without a row of it: the latest that any source still holds, or none
        rows_left as (
            select rowless.{{ key }}, rowless.load_seq, rowless.observed_at, max(held_rows.held_seq) as row_seq
            from held_rows as rowless
            inner join
                held_rows
                on rowless.{{ key }} = held_rows.{{ key }}
                and held_rows.load_seq <= rowless.load_seq
                and coalesce(held_rows.next_seq > rowless.load_seq, true)
            where rowless.has_no_row
            group by rowless.{{ key }}, rowless.load_seq, rowless.observed_at
        ),

        row_events as (
            select {{ key }}, {{ attributes | join(", ") }}, _file, _record, load_seq, observed_at, false as is_deletion
            from landed_rows
            union all by name
            select
                rows_left.{{ key }},
                {% for attribute in attributes %} landed_rows.{{ attribute }}, {% endfor %}
                landed_rows._file,
                landed_rows._record,
                rows_left.load_seq,
                rows_left.observed_at,
                rows_left.row_seq is null as is_deletion
            from rows_left
            left join
                landed_rows on rows_left.{{ key }} = landed_rows.{{ key }} and rows_left.row_seq = landed_rows.load_seq
        ),

        last_event_per_moment as (
            select *
            from row_events
            qualify row_number() over (partition by {{ key }}, observed_at order by load_seq desc) = 1
        ),

        first_row_per_key as (
            select {{ key }}, {{ attributes | join(", ") }}, _file, _record, false as is_deletion
            from landed_rows
            qualify row_number() over (partition by {{ key }} order by observed_at, load_seq desc) = 1
        ),

        -- before its first load a member is as that load showed it, and from each moment on as the moment's last load
        -- did
        member_states as (
            select *, cast('1900-01-01' as timestamp) as observed_at
            from first_row_per_key
            union all by name
            select *
            from last_event_per_moment
        ),

        states_with_fingerprint as (
            select
                *,
                {{ surrogate_key(["is_deletion"] + attributes) }} as fingerprint,
                lag(fingerprint) over (partition by {{ key }} order by observed_at) as previous_fingerprint
            from member_states
        ),

        changed_states as (
            select *
            from states_with_fingerprint
            where previous_fingerprint is null or fingerprint <> previous_fingerprint
        ),

        states_with_end as (
            select *, lead(observed_at) over (partition by {{ key }} order by observed_at) as valid_to
            from changed_states
        )

    select
        {{ key }},
        {{ attributes | join(", ") }},
        _file as source_file,
        _record as source_record,
        observed_at as valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        valid_to is null as is_current,
        row_number() over (partition by {{ key }} order by observed_at desc) = 1 as is_latest
    from states_with_end
    where not is_deletion
{%- endmacro %}
