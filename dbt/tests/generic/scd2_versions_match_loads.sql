{#-
    The version of a member at any moment is what the last load by then showed of it: each version is a landed row, each landed
    row matches the version valid at its moment, and the marks of the first, the latest and the current version are right.
-#}
{% test scd2_versions_match_loads(model, feed, key, attributes) %}
    {%- set start = "cast('1900-01-01' as timestamp)" %}
    {%- set end = "cast('9999-12-31' as timestamp)" %}
    with
        rows as (
            select {{ key }}, source, _file, _record, observed_at, load_seq, {{ attributes | join(", ") }}
            from {{ source("landing", feed) }}
            where _row_kind = 'row'
        ),

        -- of what was seen at one moment, the load that landed last
        moments as (select {{ key }}, observed_at, max(load_seq) as load_seq from rows group by {{ key }}, observed_at),

        landed as (
            select rows.*, min(rows.observed_at) over (partition by rows.{{ key }}) as first_seen_at
            from rows
            inner join moments on rows.{{ key }} = moments.{{ key }} and rows.load_seq = moments.load_seq
        ),

        versions as (
            select
                *,
                min(valid_from) over (partition by {{ key }}) as first_from,
                max(valid_from) over (partition by {{ key }}) as last_from
            from {{ model }}
        ),

        snapshots as (
            select distinct observed_at
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        untold as (
            select landed.{{ key }}, landed.observed_at as at_moment, 'a landed row is told otherwise' as fault
            from landed
            left join
                versions
                on landed.{{ key }} = versions.{{ key }}
                and landed.observed_at >= versions.valid_from
                and landed.observed_at < versions.valid_to
                {% for column in attributes %}
                    and landed.{{ column }} is not distinct from versions.{{ column }}
                {% endfor %}
            where versions.{{ key }} is null
        ),

        made_up as (
            select
                versions.{{ key }},
                versions.valid_from as at_moment,
                'a version is no landed row of its moment' as fault
            from versions
            left join
                rows
                on versions.{{ key }} = rows.{{ key }}
                and versions.source_file = rows._file
                and versions.source_record = rows._record
                and (versions.valid_from = rows.observed_at or versions.valid_from = {{ start }})
            where rows.{{ key }} is null
        ),

        misplaced as (
            select
                versions.{{ key }},
                versions.valid_from as at_moment,
                'a version begins or ends at a wrong moment' as fault
            from versions
            left join
                versions as following
                on versions.{{ key }} = following.{{ key }}
                and versions.valid_to = following.valid_from
            left join snapshots on versions.valid_to = snapshots.observed_at
            where
                (versions.valid_from = {{ start }}) <> (versions.valid_from = versions.first_from)
                or (versions.valid_to <> {{ end }} and following.{{ key }} is null and snapshots.observed_at is null)
        ),

        marked as (
            select {{ key }}, valid_from as at_moment, 'a version is marked wrongly' as fault
            from versions
            where is_latest <> (valid_from = last_from) or is_current <> (valid_to = {{ end }})
        )

    select *
    from untold
    union all
    select *
    from made_up
    union all
    select *
    from misplaced
    union all
    select *
    from marked
{% endtest %}
