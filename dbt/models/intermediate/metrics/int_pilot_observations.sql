with
    deliverables as (select * from {{ ref("int_deliverables") }}),

    alignment as (select * from {{ ref("int_deliverable_alignment") }}),

    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    rituals as (select * from {{ ref("int_rituals") }} where is_held),

    observations as (
        select
            'lead_time_days' as measure,
            team_id,
            delivery_date as observed_date,
            lead_time_days as amount,
            cast(1 as double) as base,
            cast(null as varchar) as respondent
        from deliverables
        where lead_time_days is not null
        union all
        select
            'on_time_rate' as measure,
            team_id,
            due_date as observed_date,
            case when is_on_time then 100 else 0 end as amount,
            1 as base,
            null as respondent
        from deliverables
        where is_due
        union all
        select
            'aligned_work_share' as measure,
            deliverables.team_id,
            deliverables.delivery_date as observed_date,
            case when alignment.is_aligned then 100 else 0 end as amount,
            1 as base,
            null as respondent
        from deliverables
        inner join alignment on deliverables.work_item_id = alignment.deliverable_id
        where not alignment.is_run
        union all
        select
            'nps' as measure,
            team_id,
            responded_date as observed_date,
            case when is_promoter then 100 when is_detractor then -100 else 0 end as amount,
            1 as base,
            respondent
        from answers
        union all
        select
            'action_closure_rate' as measure,
            team_id,
            held_date as observed_date,
            100 * actions_closed as amount,
            actions_raised as base,
            null as respondent
        from rituals
        where actions_raised is not null and actions_closed is not null
    )

select *
from observations
