{#-
    A version of a member says at every moment what the loads observed by then leave: of the rows that a source still
    holds the newest. Where a version begins or ends, and where a load lacks a member or shows it unreadable, that is found
    from all loads of by then; at all other moments it is the last row of the moment. The first version goes back to
    1900-01-01, each has a length, is a landed row and differs from the one before, and the marks of the newest and the current one are where they belong.
-#}
{% test scd2_versions_match_loads(model, feed, key, attributes) %}
    {%- set start = "cast('1900-01-01' as timestamp)" %}
    {%- set end = "cast('9999-12-31' as timestamp)" %}
    with
        versions as (select * from {{ model }}),

        shown_rows as (
            select source, load_seq, observed_at, _row_kind, _file, _record, {{ key }}, {{ attributes | join(", ") }}
            from {{ source("landing", feed) }}
        ),

        rows as (select * from shown_rows where _row_kind = 'row'),

        first_load_per_key as (select {{ key }}, min(observed_at) as observed_at from rows group by {{ key }}),

        snapshots as (
            select source, load_seq, observed_at
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        turning_points as (
            select {{ key }}, valid_from as at_moment
            from versions
            where valid_from > {{ start }}
            union
            select {{ key }}, valid_to
            from versions
            where valid_to < {{ end }}
            union
            select {{ key }}, observed_at
            from shown_rows
            where _row_kind <> 'row'
            union
            select known.{{ key }}, snapshots.observed_at
            from (select distinct source, {{ key }} from rows) as known
            inner join snapshots on known.source = snapshots.source
            anti join
                shown_rows
                on known.source = shown_rows.source
                and known.{{ key }} = shown_rows.{{ key }}
                and snapshots.load_seq = shown_rows.load_seq
        ),

        seen_turning_points as (
            select turning_points.*
            from turning_points
            inner join
                first_load_per_key
                on turning_points.{{ key }} = first_load_per_key.{{ key }}
                and turning_points.at_moment >= first_load_per_key.observed_at
        ),

        -- which load of a source, by each moment, was the last to show a member, and the last with a row that could
        -- be read
        last_shown as (
            select
                seen_turning_points.{{ key }},
                seen_turning_points.at_moment,
                shown_rows.source,
                max(shown_rows.load_seq) as load_seq,
                max(case when shown_rows._row_kind = 'row' then shown_rows.load_seq end) as row_seq
            from seen_turning_points
            inner join
                shown_rows
                on seen_turning_points.{{ key }} = shown_rows.{{ key }}
                and shown_rows.observed_at <= seen_turning_points.at_moment
            group by seen_turning_points.{{ key }}, seen_turning_points.at_moment, shown_rows.source
        ),

        last_snapshots as (
            select moments.at_moment, snapshots.source, max(snapshots.load_seq) as load_seq
            from (select distinct at_moment from seen_turning_points) as moments
            inner join snapshots on snapshots.observed_at <= moments.at_moment
            group by moments.at_moment, snapshots.source
        ),

        rows_left as (
            select
                last_shown.{{ key }},
                last_shown.at_moment,
                max(
                    case when last_shown.load_seq >= coalesce(last_snapshots.load_seq, 0) then last_shown.row_seq end
                ) as row_seq
            from last_shown
            left join
                last_snapshots
                on last_shown.source = last_snapshots.source
                and last_shown.at_moment = last_snapshots.at_moment
            group by last_shown.{{ key }}, last_shown.at_moment
        ),

        last_rows_of_moments as (
            select * from rows qualify load_seq = max(load_seq) over (partition by {{ key }}, observed_at)
        ),

        -- at each moment the row that the member must be, or none; its first row also holds before
        expected_states as (
            select rows_left.at_moment, rows_left.{{ key }}, rows_left.row_seq
            from rows_left
            union all
            select last_rows_of_moments.observed_at, last_rows_of_moments.{{ key }}, last_rows_of_moments.load_seq
            from last_rows_of_moments
            anti join
                seen_turning_points
                on last_rows_of_moments.{{ key }} = seen_turning_points.{{ key }}
                and last_rows_of_moments.observed_at = seen_turning_points.at_moment
            union all
            select {{ start }}, last_rows_of_moments.{{ key }}, last_rows_of_moments.load_seq
            from last_rows_of_moments
            inner join
                first_load_per_key
                on last_rows_of_moments.{{ key }} = first_load_per_key.{{ key }}
                and last_rows_of_moments.observed_at = first_load_per_key.observed_at
        ),

        wrong_states as (
            select
                expected_states.{{ key }},
                expected_states.at_moment,
                'it is not what the loads of by then leave' as fault
            from expected_states
            left join rows on expected_states.{{ key }} = rows.{{ key }} and expected_states.row_seq = rows.load_seq
            left join
                versions
                on expected_states.{{ key }} = versions.{{ key }}
                and expected_states.at_moment >= versions.valid_from
                and expected_states.at_moment < versions.valid_to
            where
                (expected_states.row_seq is null) <> (versions.{{ key }} is null)
                {% for column in attributes %} or rows.{{ column }} is distinct from versions.{{ column }} {% endfor %}
        ),

        versions_without_row as (
            select versions.{{ key }}, versions.valid_from as at_moment, 'it is no landed row' as fault
            from versions
            anti join
                rows
                on versions.{{ key }} = rows.{{ key }}
                and versions.source_file = rows._file
                and versions.source_record = rows._record
                and (versions.valid_from >= rows.observed_at or versions.valid_from = {{ start }})
                {% for column in attributes %}
                    and versions.{{ column }} is not distinct from rows.{{ column }}
                {% endfor %}
        ),

        wrongly_marked_versions as (
            select {{ key }}, valid_from as at_moment, 'it is marked wrongly, or has no length' as fault
            from versions
            qualify
                is_latest <> (valid_from = max(valid_from) over (partition by {{ key }}))
                or is_current <> (valid_to = {{ end }})
                or valid_from >= valid_to
        ),

        versions_without_change as (
            select versions.{{ key }}, versions.valid_from as at_moment, 'nothing changed when it began' as fault
            from versions
            inner join
                versions as previous
                on versions.{{ key }} = previous.{{ key }}
                and versions.valid_from = previous.valid_to
                {% for column in attributes %}
                    and versions.{{ column }} is not distinct from previous.{{ column }}
                {% endfor %}
        )

    select *
    from wrong_states
    union all
    select *
    from versions_without_row
    union all
    select *
    from wrongly_marked_versions
    union all
    select *
    from versions_without_change
{% endtest %}
