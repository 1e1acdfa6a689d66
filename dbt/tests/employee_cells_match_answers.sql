-- A published cell is a figure like any other: its answers and their mean are computed again.
{{ config(meta={"dagster": {"ref": {"name": "fct_employee_survey_cells"}}}) }}

with
    answers as (
        select
            survey_type,
            responded_date,
            current_team_key,
            if(
                survey_type = 'enps',
                100 * (if(score >= 9, 1, 0) - if(score < 7, 1, 0)),
                (score - scale_min) / cast(scale_max - scale_min as double)
            ) as says
        from {{ ref("int_survey_answers") }}
        where
            (survey_type in ('team_health', 'goal_awareness', 'psychological_safety') and score is not null)
            or (survey_type = 'enps' and scale_min = 0 and scale_max = 10 and score = floor(score))
    )

select
    cells.employee_survey_cell_key,
    cells.survey_type,
    cells.grain,
    cells.period_start_date,
    cells.dimension_name,
    cells.answers,
    cells.score
from {{ ref("fct_employee_survey_cells") }} as cells
left join
    answers
    on cells.survey_type = answers.survey_type
    and cells.period_start_date = date_trunc(cells.grain, answers.responded_date)
    and (cells.dimension_name = 'total' or cells.current_team_key = answers.current_team_key)
group by all
having cells.answers <> count(answers.says) or abs(cells.score - avg(answers.says)) > 1e-9
