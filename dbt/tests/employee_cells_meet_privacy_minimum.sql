-- What a colleague answered must not follow from a figure: respondents of each published cell are counted in staging.
{{ config(meta={"dagster": {"ref": {"name": "fct_employee_survey_cells"}}}) }}

with
    cells as (select * from {{ ref("fct_employee_survey_cells") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    answers as (
        select
            coalesce(responses.topic, responses.survey_type) as survey_type,
            coalesce(responses.respondent_id, responses.response_id) as respondent,
            teams.team_key,
            responses.score,
            {{ local_date("responses.responded_at", "settings.time_zone") }} as responded_date
        from {{ ref("stg_survey_responses") }} as responses
        cross join settings
        left join {{ ref("dim_team") }} as teams on responses.team_id = teams.team_id and teams.is_latest
    ),

    recounted_cells as (
        select
            cells.employee_survey_cell_key,
            cells.respondents,
            count(distinct answers.respondent) as people,
            count(distinct answers.score) as different_scores
        from cells
        left join
            answers
            on cells.survey_type = answers.survey_type
            and cells.period_start_date = date_trunc(cells.grain, answers.responded_date)
            and (
                cells.dimension_name = 'total'
                or cells.current_team_key < 0
                or cells.current_team_key = answers.team_key
            )
        group by cells.employee_survey_cell_key, cells.respondents
    )

select recounted_cells.*
from recounted_cells
cross join settings
where
    recounted_cells.people < settings.privacy_minimum
    or recounted_cells.respondents < settings.privacy_minimum
    or recounted_cells.people < recounted_cells.respondents
    or recounted_cells.different_scores < 2
