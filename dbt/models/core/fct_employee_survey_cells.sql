with
    cells as (select * from {{ ref("int_employee_survey_cells") }}),

    -- a hidden cell has no row: its name and size would reveal something, too
    published_cells as (
        select
            {{ surrogate_key(["survey_type", "grain", "period_start", "dimension_name", "team_key"]) }}
            as employee_survey_cell_key,
            survey_type,
            grain,
            period_start as period_start_date,
            dimension_name,
            cast(team_key as bigint) as current_team_key,
            answers,
            respondents,
            score
        from cells
        where not is_hidden
    )

select *
from published_cells
