{#-
    A staging model holds the current row of each key, with every column of its feed as it landed. Found here from the loads
    and their order alone: of the sources whose last deleting snapshot does not come after the load that last showed
    the key, the row of the latest load. The columns are compared by name, so that none has to be listed.
-#}
{% test staging_holds_current_rows(model, feed, keys) %}
    {%- set key -%}
        concat({% for column in keys %} coalesce(cast({{ column }} as varchar), '~'), '|'{{ ", " if not loop.last }}{% endfor %})
    {%- endset %}
    with
        landed as (select *, {{ key }} as row_key from {{ source("landing", feed) }}),

        last_shown as (select row_key, source, max(load_seq) as load_seq from landed group by row_key, source),

        deletions as (
            select source, load_seq
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        deleted as (
            select distinct last_shown.row_key, last_shown.source
            from last_shown
            inner join deletions on last_shown.source = deletions.source and last_shown.load_seq < deletions.load_seq
        ),

        undeleted as (
            select landed.*
            from landed
            left join deleted on landed.row_key = deleted.row_key and landed.source = deleted.source
            where deleted.row_key is null and landed._row_kind = 'row'
        ),

        latest as (select row_key, max(load_seq) as load_seq from undeleted group by row_key),

        expected as (
            select
                undeleted.* exclude (
                    row_key, load_id, load_seq, load_kind, deletes, _extra, _row_kind, _file, _record, source
                ),
                undeleted._file as source_file,
                undeleted._record as source_record,
                undeleted.source as source_name
            from undeleted
            inner join latest on undeleted.row_key = latest.row_key and undeleted.load_seq = latest.load_seq
        ),

        compared as (
            select *, 1 as balance
            from expected
            union all by name
            select *, -1 as balance
            from {{ model }}
        )

    select * exclude (balance), case when sum(balance) > 0 then 'missing' else 'unexpected' end as fault
    from compared
    group by all
    having sum(balance) <> 0
{% endtest %}
