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
    Every version of a feed's rows over the frozen loads, for slowly changing dimensions (type 2): a version a
    change of any of `attributes`. The first is valid from 1900-01-01, later ones from when they were observed.
    A version ends when the next begins, or when a snapshot of its source no longer holds the key
    and no other source does. `only` names a relation of the keys to look at, where most never change.
-#}
{% macro row_versions(feed, key, attributes, only=none) -%}
    {%- set wanted -%}
        {%- if only %}semi join {{ only }} as wanted on rows.{{ key }} = wanted.{{ key }}{%- endif -%}
    {%- endset %}
    with
        landed as (select rows.* from {{ source("landing", feed) }} as rows {{ wanted }} where rows._row_kind = 'row'),

        shown as (
            select distinct rows.source, rows.{{ key }}, rows.load_seq
            from {{ source("landing", feed) }} as rows {{ wanted }}
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

        -- a snapshot deletes within its own source: what another source still holds stands
        held_elsewhere as (
            select absences.{{ key }}, absences.load_seq
            from absences
            inner join
                landed
                on absences.{{ key }} = landed.{{ key }}
                and absences.source <> landed.source
                and absences.load_seq > landed.load_seq
            anti join
                absences as gone
                on landed.source = gone.source
                and landed.{{ key }} = gone.{{ key }}
                and gone.load_seq > landed.load_seq
                and gone.load_seq < absences.load_seq
        ),

        deletions as (
            select absences.*
            from absences
            anti join
                held_elsewhere
                on absences.{{ key }} = held_elsewhere.{{ key }}
                and absences.load_seq = held_elsewhere.load_seq
        ),

        events as (
            select {{ key }}, {{ attributes | join(", ") }}, _file, _record, load_seq, observed_at, false as is_deletion
            from landed
            union all by name
            select {{ key }}, load_seq, observed_at, true as is_deletion
            from deletions
        ),

        compared as (
            select
                *,
                {{ surrogate_key(["is_deletion"] + attributes) }} as fingerprint,
                lag(fingerprint) over (partition by {{ key }} order by load_seq) as previous_fingerprint,
                row_number() over (partition by {{ key }} order by load_seq) as event_number
            from events
        ),

        changes as (select * from compared where previous_fingerprint is null or fingerprint <> previous_fingerprint),

        bounded as (
            select
                *,
                case when event_number = 1 then cast('1900-01-01' as timestamp) else observed_at end as valid_from,
                lead(observed_at) over (partition by {{ key }} order by load_seq) as valid_to
            from changes
        )

    select
        {{ key }},
        {{ attributes | join(", ") }},
        _file as source_file,
        _record as source_record,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        valid_to is null as is_current,
        row_number() over (partition by {{ key }} order by load_seq desc) = 1 as is_latest
    from bounded
    where not is_deletion
{%- endmacro %}
