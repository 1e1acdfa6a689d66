-- lookup: vestings, status_changes
with
    projects as (select * from raw.projects),

    vestings as (select * from raw.vestings),

    -- the record has no start: the first snapshot that shows the project enacted is it
    enactments as (
        select proposal_id, min(snapshot_commit_time::timestamptz) as started_at
        from raw.status_changes
        where field = 'Status' and "to" = 'enacted'
        group by proposal_id
    ),

    judged as (
        select
            projects.*,
            "Vesting Start At"[:10] as planned_start_date,
            "Vesting Finish At"[:10] as planned_end_date,
            started_at,
            coalesce("Vesting Status" = 'Revoked', false) as is_revoked,
            "Pending Updates" = '0' and "Last Update" is not null as is_reported
        from projects
        left join vestings using ("Proposal ID")
        left join enactments on "Proposal ID" = proposal_id
    ),

    initiatives as (
        select
            "Proposal ID" as initiative_id,
            trim("Title") as name,
            case
                when is_revoked
                then 'cancelled'
                when is_reported
                then 'done'
                when "Status" = 'enacted'
                then 'active'
                else 'proposed'
            end as stage,
            trim(regexp_replace(lower("Category"), '[^a-z0-9]+', '_', 'g'), '_') as product_id,
            planned_start_date,
            planned_end_date,
            started_at,
            case when is_reported and not is_revoked then "Last Update" end as ended_at,
            case when "Status" in ('enacted', 'passed') then "Ended" end as approved_at,
            "Amount USD"::decimal(38, 18) as approved_amount,
            'USD' as currency,
            _file,
            _record
        from judged
    )

select *
from initiatives
