with
    projects as (select * from raw.projects),

    revoked as (select "Proposal ID" from raw.vestings where "Vesting Status" = 'Revoked'),

    reported as (
        select "Proposal ID", "Last Update"
        from projects
        where "Pending Updates"::integer = 0 and length("Last Update") > 0
    ),

    -- the set difference, where the mapping joins and branches
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
        select
            replace(replace(lower("Category"), ' ', '_'), '-', '_') as product_id,
            count(*) as projects,
            sum("Amount USD"::bigint) as dollars
        from projects
        where "Category" is not null
        group by all
    ),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from projects
        union all
        select 'count(distinct initiative_id)', count(*)
        from projects
        union all
        select 'sum(approved_amount) filter (where currency = ''USD'')', sum("Amount USD"::bigint)
        from projects
        union all
        select 'sum(epoch_ms(approved_at))', sum(epoch_ms("Ended"::timestamp))
        from projects
        union all
        select 'count(*) filter (where stage = ''cancelled'')', count(*)
        from revoked
        union all
        select 'count(*) filter (where stage = ''done'')', count(*)
        from done
        union all
        select 'count(*) filter (where stage = ''proposed'')', count(*)
        from projects
        where "Status" <> 'enacted'
        union all
        select 'sum(epoch_ms(ended_at))', sum(epoch_ms("Last Update"::timestamp))
        from done
        union all
        select 'count(started_at)', count(*)
        from enacted
        union all
        select 'sum(epoch_ms(started_at))', sum(epoch_ms(first_seen::timestamptz))
        from enacted
        union all
        select 'count(planned_end_date)', count(*)
        from raw.vestings
        union all
        select 'sum(epoch_ms(planned_start_date))', sum(epoch_ms("Vesting Start At"::date))
        from raw.vestings
        union all
        select 'sum(epoch_ms(planned_end_date))', sum(epoch_ms("Vesting Finish At"::date))
        from raw.vestings
        union all
        select format('count(*) filter (where product_id = ''{}'')', product_id), projects
        from categories
        union all
        select format('sum(approved_amount) filter (where product_id = ''{}'')', product_id), dollars
        from categories
        union all
        select 'count(*) filter (where product_id is null)', count(*)
        from projects
        where "Type" = 'bid'
    )

select *
from figures
