{#-
    A staging model holds, of each key, the row of the last load that shows one, as long as its source still holds it:
    found here from the loads and their moments alone. A key stands in a source that showed it in, or since, the source's last
    snapshot that deletes. Of the feed's columns it has `columns`, with their values.
-#}
{% test holds_what_stands(model, feed, keys, columns) %}
    {%- set key -%}
        concat({% for column in keys %} coalesce(cast({{ column }} as varchar), '~'), '|'{{ ", " if not loop.last }}{% endfor %})
    {%- endset %}
    with
        landed as (select *, {{ key }} as row_key from {{ source("landing", feed) }}),

        shown as (select row_key, source, max(load_seq) as load_seq from landed group by row_key, source),

        deletions as (
            select source, load_seq
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        gone as (
            select distinct shown.row_key, shown.source
            from shown
            inner join deletions on shown.source = deletions.source and shown.load_seq < deletions.load_seq
        ),

        standing as (
            select landed.*
            from landed
            left join gone on landed.row_key = gone.row_key and landed.source = gone.source
            where gone.row_key is null and landed._row_kind = 'row'
        ),

        last_rows as (select row_key, max(load_seq) as load_seq from standing group by row_key),

        expected as (
            select
                standing.row_key,
                standing.source,
                standing._file,
                standing._record
                {% for column in columns %}, standing.{{ column }} {% endfor %}
            from standing
            inner join last_rows on standing.row_key = last_rows.row_key and standing.load_seq = last_rows.load_seq
        ),

        held as (
            select
                {{ key }} as row_key,
                source_name,
                source_file,
                source_record
                {% for column in columns %}, {{ column }} {% endfor %}
            from {{ model }}
        ),

        missing as (
            select *, 'missing' as fault
            from
                (
                    select *
                    from expected
                    except
                    select *
                    from held
                )
        ),

        surplus as (
            select *, 'surplus' as fault
            from
                (
                    select *
                    from held
                    except
                    select *
                    from expected
                )
        )

    select *
    from missing
    union all
    select *
    from surplus
{% endtest %}
