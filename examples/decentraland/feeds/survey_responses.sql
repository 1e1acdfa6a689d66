-- lookup: grants, proposals
with
    votes as (select * from raw.votes_2021_2022),

    grants as (select * from raw.grants),

    proposals as (select * from raw.proposals),

    -- what the ballots call Proposal ID is the poll's Snapshot ID
    joined as (
        select
            votes.*,
            grants."Proposal ID" as grant_id,
            grants."Category" as category,
            proposals."Proposal ID" as any_proposal_id,
            row_number() over (partition by votes."Proposal ID" order by "Created", "Choice #", "VP", "Member") as nth
        from votes
        left join grants on grants."Snapshot ID" = votes."Proposal ID"
        left join proposals on proposals."Snapshot ID" = votes."Proposal ID"
    ),

    responses as (
        select
            -- numbered, not named after the voter: response_id is published, the
            -- voter is personal
            "Proposal ID" || ':' || nth as response_id,
            -- each grant is a question of its own: one voter's ballots on several grants all count
            'fund:' || coalesce(grant_id, "Proposal ID") as question_id,
            'approval' as survey_type,
            true as is_score_question,
            case lower(trim("Choice")) when 'yes' then 1 when 'no' then 0 else 0.5 end as score,
            0 as scale_min,
            1 as scale_max,
            true as higher_is_better,
            lower("Member") as respondent_id,
            trim(regexp_replace(lower(category), '[^a-z0-9]+', '_', 'g'), '_') as product_id,
            grant_id as work_item_id,
            "Created" as responded_at,
            _file,
            _record,
            case
                when grant_id is not null
                then null
                when any_proposal_id is null
                then 'no such proposal'
                else 'not a ballot on a grant'
            end as _excluded
        from joined
    )

select *
from responses
