-- lookup: proposals, vestings, status_changes
with
    projects as (select * from raw.projects),

    grants as (select * from raw.grants),

    proposals as (select * from raw.proposals),

    vestings as (select * from raw.vestings),

    enactments as (
        select proposal_id, min(snapshot_commit_time::timestamptz) as started_at
        from raw.status_changes
        where field = 'Status' and "to" = 'enacted'
        group by proposal_id
    ),

    -- a project is its grant, later told: the line of the project counts for both
    proposed as (
        select *, true as is_project, null as _excluded
        from projects
        union all by name
        select
            grants.*, false as is_project, case when projects."Proposal ID" is not null then 'merged' end as _excluded
        from grants
        left join projects using ("Proposal ID")
    ),

    judged as (
        select
            proposed.* exclude ("Status"),
            -- grants.csv stopped being kept in 2024; the proposal knows how the vote
            -- went on
            coalesce(proposals."Status", proposed."Status") as vote_status,
            coalesce(proposals."Type", 'grant') as item_type,
            "Vesting Finish At"[:10] as due_date,
            started_at,
            coalesce("Vesting Status" = 'Revoked', false) as is_revoked,
            is_project and "Pending Updates" = '0' and "Last Update" is not null as is_reported
        from proposed
        left join proposals using ("Proposal ID")
        left join vestings using ("Proposal ID")
        left join enactments on "Proposal ID" = proposal_id
    ),

    work_items as (
        select
            "Proposal ID" as work_item_id,
            item_type,
            trim("Title") as title,
            case when is_revoked then 'revoked' else vote_status end as status,
            case
                when is_revoked or vote_status in ('rejected', 'out_of_budget')
                then 'cancelled'
                when is_reported
                then 'done'
                else 'unknown'
            end as status_category,
            is_project as is_deliverable,
            case when is_project then "Proposal ID" end as initiative_id,
            trim(regexp_replace(lower("Category"), '[^a-z0-9]+', '_', 'g'), '_') as product_id,
            "Started" as created_at,
            case when vote_status in ('enacted', 'passed') then "Ended" end as committed_at,
            started_at,
            due_date,
            case when is_reported and not is_revoked then "Last Update" end as done_at,
            _file,
            _record,
            _excluded
        from judged
    )

select *
from work_items
