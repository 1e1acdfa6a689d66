with
    changes as (select * from raw.status_changes),

    fields as (select replace(lower(field), ' ', '_') as field, count(*) as changes from changes group by all),

    -- the two snapshots of the outage, found by their size
    outage as (select "commit", count(*) as changes from changes group by all having count(*) > 1000),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from changes
        union all
        select 'count(distinct work_item_id)', count(distinct proposal_id)
        from changes
        union all
        select 'min(change_seq)', 0
        union all
        select 'count(*) filter (where change_seq = 0)', count(distinct row(proposal_id, field, snapshot_commit_time))
        from changes
        union all
        select 'count(from_value)', count("from")
        from changes
        union all
        select 'count(to_value)', count("to")
        from changes
        union all
        select 'sum(length(from_value))', sum(length("from"))
        from changes
        union all
        select 'sum(length(to_value))', sum(length("to"))
        from changes
        union all
        select 'sum(epoch_ms(changed_at))', sum(epoch_ms(snapshot_commit_time::timestamptz))
        from changes
        union all
        select 'count(*) filter (where field = ''status'' and to_value = ''enacted'')', count(*)
        from changes
        where field = 'Status' and "to" = 'enacted'
        union all
        select
            'count(*) filter (where changed_at::date = ''2024-06-14'' and to_value is null'
            || ' or changed_at::date = ''2024-06-27'' and from_value is null)',
            sum(changes)
        from outage
        union all
        select format('count(*) filter (where field = ''{}'')', field), changes
        from fields
    )

select *
from figures
