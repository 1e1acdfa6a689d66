{#-
    The rows of a feed as they stand after the frozen loads, one a key: the latest row, unless its source's
    last snapshot no longer holds the key. A quarantined key is held (its previous row stays); a snapshot with
    an unreadable key deletes nothing (`deletes` is false).
-#}
{% macro current_rows(feed, keys) -%}
    with
        landed as (select * from {{ source("landing", feed) }}),

        last_snapshots as (
            select source, max(load_seq) as load_seq
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
            group by source
        ),

        shown as (
            select landed.*, max(load_seq) over (partition by source, {{ keys | join(", ") }}) as last_shown_seq
            from landed
        ),

        surviving as (
            select
                shown.*,
                row_number() over (partition by {{ keys | join(", ") }} order by shown.load_seq desc) as recency
            from shown
            left join last_snapshots on shown.source = last_snapshots.source
            where shown._row_kind = 'row' and shown.last_shown_seq >= coalesce(last_snapshots.load_seq, 0)
        )

    select *
    from surviving
    where recency = 1
{%- endmacro %}

{#-
    Every version of a feed's rows over the frozen loads, for slowly changing dimensions (type 2): one row per version,
    and a version per change of any of `attributes`. At each moment a member is what the loads observed by then leave
    (`current_rows`): of several loads of one moment the last one counts, so that no version is without length.
    The first version is valid from 1900-01-01, later ones from when they were observed. A version ends when the next
    begins, or when no source holds the key any more. `only` names a relation of the keys to look at, where most never
    change.
-#}
{% macro row_versions(feed, key, attributes, only=none) -%}
    {%- set wanted -%}
        {%- if only %}semi join {{ only }} as wanted on rows.{{ key }} = wanted.{{ key }}{%- endif -%}
    {%- endset %}
    with
        landed as (select rows.* from {{ source("landing", feed) }} as rows {{ wanted }} where rows._row_kind = 'row'),

        shown as (
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

        absences as (
            select landed.source, landed.{{ key }}, snapshots.load_seq, snapshots.observed_at
            from (select source, {{ key }}, min(load_seq) as first_seq from landed group by all) as landed
            inner join snapshots on landed.source = snapshots.source and snapshots.load_seq > landed.first_seq
            anti join
                shown
                on snapshots.source = shown.source
                and landed.{{ key }} = shown.{{ key }}
                and snapshots.load_seq = shown.load_seq
        ),

        -- the keys that some load lacks or holds by a row that can't be read; of all others each load says what they
        -- are
        unsteady_keys as (
            select {{ key }}
            from absences
            union
            select {{ key }}
            from shown
            where row_seq is null
        ),

        turns as (
            select shown.*, true as is_held
            from shown
            semi join unsteady_keys on shown.{{ key }} = unsteady_keys.{{ key }}
            union all by name
            select *, false as is_held
            from absences
        ),

        -- from which load to which a source holds a key, and the load of the row that it then holds
        spans as (
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
            from turns
        ),

        -- what goes on lacking it changes nothing
        held_rows as (
            select *, case when is_held then last_row_seq end as held_seq
            from spans
            where last_row_seq is not null and (is_held or was_held)
        ),

        -- what a load leaves of a key of which it shows no row: the newest row that any source still holds, or none
        left_over as (
            select lacking.{{ key }}, lacking.load_seq, lacking.observed_at, max(held_rows.held_seq) as row_seq
            from held_rows as lacking
            inner join
                held_rows
                on lacking.{{ key }} = held_rows.{{ key }}
                and held_rows.load_seq <= lacking.load_seq
                and coalesce(held_rows.next_seq > lacking.load_seq, true)
            where lacking.has_no_row
            group by lacking.{{ key }}, lacking.load_seq, lacking.observed_at
        ),

        events as (
            select {{ key }}, {{ attributes | join(", ") }}, _file, _record, load_seq, observed_at, false as is_deletion
            from landed
            union all by name
            select
                left_over.{{ key }},
                {% for attribute in attributes %} landed.{{ attribute }}, {% endfor %}
                landed._file,
                landed._record,
                left_over.load_seq,
                left_over.observed_at,
                left_over.row_seq is null as is_deletion
            from left_over
            left join landed on left_over.{{ key }} = landed.{{ key }} and left_over.row_seq = landed.load_seq
        ),

        last_words as (
            select *
            from events
            qualify row_number() over (partition by {{ key }}, observed_at order by load_seq desc) = 1
        ),

        first_words as (
            select {{ key }}, {{ attributes | join(", ") }}, _file, _record, false as is_deletion
            from landed
            qualify row_number() over (partition by {{ key }} order by observed_at, load_seq desc) = 1
        ),

        -- before anyone saw it, a member was what its first moment showed; from a moment on it is what its last load
        -- said
        states as (
            select *, cast('1900-01-01' as timestamp) as observed_at
            from first_words
            union all by name
            select *
            from last_words
        ),

        compared as (
            select
                *,
                {{ surrogate_key(["is_deletion"] + attributes) }} as fingerprint,
                lag(fingerprint) over (partition by {{ key }} order by observed_at) as previous_fingerprint
            from states
        ),

        changes as (select * from compared where previous_fingerprint is null or fingerprint <> previous_fingerprint),

        bounded as (
            select *, lead(observed_at) over (partition by {{ key }} order by observed_at) as valid_to from changes
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
    from bounded
    where not is_deletion
{%- endmacro %}
