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
        landed_rows as (select *, {{ key }} as row_key from {{ source("landing", feed) }}),

        last_loads as (select row_key, source, max(load_seq) as load_seq from landed_rows group by row_key, source),

        snapshots as (
            select source, load_seq
            from {{ source("landing", "loads") }}
            where feed = '{{ feed }}' and kind = 'snapshot' and deletes
        ),

        deleted_keys as (
            select distinct last_loads.row_key, last_loads.source
            from last_loads
            inner join snapshots on last_loads.source = snapshots.source and last_loads.load_seq < snapshots.load_seq
        ),

        undeleted as (
            select landed_rows.*
            from landed_rows
            left join
                deleted_keys on landed_rows.row_key = deleted_keys.row_key and landed_rows.source = deleted_keys.source
            where deleted_keys.row_key is null and landed_rows._row_kind = 'row'
        ),

        latest_loads as (select row_key, max(load_seq) as load_seq from undeleted group by row_key),

        expected_rows as (
            select
                undeleted.* exclude (
                    row_key, load_id, load_seq, load_kind, deletes, _extra, _warnings, _row_kind, _file, _record, source
                ),
                undeleted._file as source_file,
                undeleted._record as source_record,
                undeleted.source as source_name
            from undeleted
            inner join
                latest_loads on undeleted.row_key = latest_loads.row_key and undeleted.load_seq = latest_loads.load_seq
        ),

        balanced_rows as (
            select *, 1 as balance
            from expected_rows
            union all by name
            select *, -1 as balance
            from {{ model }}
        )

    select * exclude (balance), case when sum(balance) > 0 then 'missing' else 'unexpected' end as fault
    from balanced_rows
    group by all
    having sum(balance) <> 0
{% endtest %}
