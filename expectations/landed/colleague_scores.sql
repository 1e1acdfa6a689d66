-- one row per kind of question to colleagues, ended quarter and member that is shown: the mean of what was said, -100,
-- 0 or 100 in the net promoter question and 0 to 1 of the scale in the others, and the people asked. Figures are from
-- landing; the core fact decides which cells are suppressed, so that none identifies a person
with
    placed as (
        select
            survey_type,
            date_trunc('quarter', day)::date as period_start,
            date_trunc('month', day) as month,
            question_id,
            respondent_id,
            case
                when survey_type <> 'enps'
                then (points - scale_min)::double / (scale_max - scale_min)::double
                when points >= 9
                then 100.0
                when points <= 6
                then -100.0
                else 0
            end as said,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.answers
        cross join stage.landing.settings
        where
            survey_type in ('enps', 'team_health', 'goal_awareness', 'psychological_safety')
            and points is not null
            and (survey_type <> 'enps' or (scale_min = 0 and scale_max = 10 and points = floor(points)))
            and date_trunc('quarter', day) + interval 3 month <= as_of_date + 1
    ),

    -- answers without a respondent count as one person each per month and question
    nameless as (
        select survey_type, period_start, dimension_name, member_id, max(people) as people
        from
            (
                select survey_type, period_start, dimension_name, member_id, count(*) as people
                from placed
                where respondent_id is null
                group by survey_type, period_start, dimension_name, member_id, month, question_id
            )
        group by all
    ),

    shown as (
        select
            survey_type,
            period_start_date as period_start,
            dimension_name,
            case when dimension_name = 'total' then 'total' else team_id end as member_id
        from core.fct_employee_survey_cells
        inner join core.dim_team on team_key = current_team_key
        where grain = 'quarter'
    )
select
    survey_type,
    period_start,
    dimension_name,
    member_id,
    avg(said) as value,
    count(distinct respondent_id) + coalesce(any_value(people), 0) as n
from placed
inner join shown using (survey_type, period_start, dimension_name, member_id)
left join nameless using (survey_type, period_start, dimension_name, member_id)
group by all
having n >= (select privacy_minimum from stage.landing.settings) and min(said) < max(said)
