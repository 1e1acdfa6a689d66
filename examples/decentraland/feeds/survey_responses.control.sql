with
    grants as (select * from raw.grants),

    ballots as (select * from raw.votes_2021_2022 where "Proposal ID" in (select "Snapshot ID" from grants)),

    -- counted from the grants' side
    categories as (
        select
            replace(replace(lower(grants."Category"), ' ', '_'), '-', '_') as product_id,
            count(*) as ballots,
            count(*) filter (ballots."Choice #" = '1') as approvals
        from grants
        join ballots on ballots."Proposal ID" = grants."Snapshot ID"
        group by all
    ),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from ballots
        union all
        -- these polls offer yes as the first choice and no as the second
        select 'sum(score)', count(*) filter ("Choice #" = '1')
        from ballots
        union all
        select 'count(*) filter (where score = 0)', count(*) filter ("Choice #" = '2')
        from ballots
        union all
        -- each poll numbers its own
        select 'count(*) filter (where response_id like ''%:1'')', count(distinct "Proposal ID")
        from ballots
        union all
        select 'count(distinct respondent_id)', count(distinct lower("Member"))
        from ballots
        union all
        select 'count(distinct work_item_id)', count(distinct "Proposal ID")
        from ballots
        union all
        select 'sum(epoch_ms(responded_at))', sum(epoch_ms("Created"::timestamp))
        from ballots
        union all
        select format('count(*) filter (where product_id = ''{}'')', product_id), ballots
        from categories
        union all
        select format('sum(score) filter (where product_id = ''{}'')', product_id), approvals
        from categories
    )

select *
from figures
