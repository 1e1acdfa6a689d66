with
    projects as (select * from raw.projects),

    grants as (select * from raw.grants),

    -- one line a proposal, whichever of the two files tells of it
    told as (
        select "Proposal ID", "Started", "Ended", "Category"
        from projects
        union
        select "Proposal ID", "Started", "Ended", "Category"
        from grants
    ),

    refused as (
        select "Proposal ID"
        from raw.proposals
        where "Status" in ('rejected', 'out_of_budget')
        intersect
        select "Proposal ID"
        from grants
    ),

    revoked as (select "Proposal ID" from raw.vestings where "Vesting Status" = 'Revoked'),

    reported as (
        select "Proposal ID", "Last Update"
        from projects
        where "Pending Updates"::integer = 0 and length("Last Update") > 0
    ),

    done as (
        select *
        from reported
        where
            "Proposal ID" in (
                select "Proposal ID"
                from reported
                except
                from revoked
            )
    ),

    enacted as (
        select arg_min(snapshot_commit_time, snapshot_commit_time) as first_seen
        from raw.status_changes
        where "to" = 'enacted'
        group by proposal_id
    ),

    categories as (
        select replace(replace(lower("Category"), ' ', '_'), '-', '_') as product_id, count(*) as items
        from told
        where "Category" is not null
        group by all
    ),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from told
        union all
        select 'count(distinct work_item_id)', count(distinct "Proposal ID")
        from told
        union all
        select 'count(*) filter (where is_deliverable)', count(*)
        from projects
        union all
        select 'count(*) filter (where initiative_id = work_item_id)', count(*)
        from projects
        union all
        select 'count(*) filter (where item_type = ''bid'')', count(*)
        from projects
        where "Type" = 'bid'
        union all
        select 'sum(epoch_ms(created_at))', sum(epoch_ms("Started"::timestamp))
        from told
        union all
        select 'sum(epoch_ms(committed_at))', sum(epoch_ms("Ended"::timestamp))
        from projects
        union all
        select 'count(started_at)', count(*)
        from enacted
        union all
        select 'sum(epoch_ms(started_at))', sum(epoch_ms(first_seen::timestamptz))
        from enacted
        union all
        select 'count(due_date)', count(*)
        from raw.vestings
        union all
        select 'sum(epoch_ms(due_date))', sum(epoch_ms("Vesting Finish At"::date))
        from raw.vestings
        union all
        select 'count(*) filter (where status_category = ''done'' and is_deliverable)', count(*)
        from done
        union all
        select
            'sum(epoch_ms(done_at)) filter (where status_category = ''done'')', sum(epoch_ms("Last Update"::timestamp))
        from done
        union all
        select 'count(*) filter (where status_category = ''cancelled'' and is_deliverable)', count(*)
        from revoked
        union all
        select 'count(*) filter (where status_category = ''cancelled'' and not is_deliverable)', count(*)
        from refused
        union all
        select
            'count(*) filter (where status_category = ''unknown'')',
            (select count(*) from told)
            - (select count(*) from done)
            - (select count(*) from revoked)
            - (select count(*) from refused)
        union all
        select 'count(done_at) filter (where done_at::date <= due_date)', count(*)
        from done
        join raw.vestings using ("Proposal ID")
        where left("Last Update", 10) <= left("Vesting Finish At", 10)
        union all
        select format('count(*) filter (where product_id = ''{}'')', product_id), items
        from categories
    )

select *
from figures
