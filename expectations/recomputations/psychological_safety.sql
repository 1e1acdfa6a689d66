-- The mean answer of colleagues to questions on psychological safety, on its scale from 0 to 1, of quarters that have
-- ended.
-- Figures are from landing; the core fact decides which cells are suppressed, so that none identifies a person.
with
    placed as (
        select
            date_trunc('quarter', day)::date as period_start,
            date_trunc('month', day) as month,
            question_id,
            respondent_id,
            (points - scale_min)::double / (scale_max - scale_min)::double as said,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.answers
        cross join feed.settings
        where
            survey_type = 'psychological_safety'
            and points is not null
            and date_trunc('quarter', day) + interval 3 month <= as_of_date + 1
    ),

    -- answers without a respondent count as one person each per month and question
    nameless as (
        select period_start, dimension_name, member_id, max(people) as people
        from
            (
                select period_start, dimension_name, member_id, count(*) as people
                from placed
                where respondent_id is null
                group by period_start, dimension_name, member_id, month, question_id
            )
        group by all
    ),

    shown as (
        select
            period_start_date as period_start,
            dimension_name,
            case when dimension_name = 'total' then 'total' else team_id end as member_id
        from core.fct_employee_survey_cells
        inner join core.dim_team on team_key = current_team_key
        where survey_type = 'psychological_safety' and grain = 'quarter'
    )
select
    'quarter' as grain,
    period_start,
    dimension_name,
    member_id,
    avg(said) as value,
    count(distinct respondent_id) + coalesce(any_value(people), 0) as n
from placed
inner join shown using (period_start, dimension_name, member_id)
left join nameless using (period_start, dimension_name, member_id)
group by all
having n >= (select privacy_minimum from feed.settings) and min(said) < max(said)
