with
    status_changes as (select * from raw.status_changes),

    changes as (
        select
            proposal_id as work_item_id,
            lower(replace(field, ' ', '_')) as field,
            snapshot_commit_time as changed_at,
            row_number() over (partition by proposal_id, field, snapshot_commit_time order by _record)
            - 1 as change_seq,
            "from" as from_value,
            "to" as to_value,
            _file,
            _record
        from status_changes
    )

select *
from changes
