-- Neither a cell shown nor the total less the cells shown reveals an answer; no more is suppressed than that needs.
{{ config(meta={"dagster": {"ref": {"name": "fct_employee_survey_cells"}}}) }}

with
    published_cells as (select * from {{ ref("fct_employee_survey_cells") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    answers as (
        select
            survey_type,
            question_id,
            respondent,
            starts_with(respondent, 'person:') as is_known_person,
            current_team_key,
            date_trunc('month', responded_date) as month_start_date,
            date_trunc('quarter', responded_date) as quarter_start_date,
            if(
                survey_type = 'enps',
                100 * (if(score >= 9, 1, 0) - if(score < 7, 1, 0)),
                (score - scale_min) / cast(scale_max - scale_min as double)
            ) as says
        from {{ ref("int_survey_answers") }}
        cross join settings
        where
            (
                (survey_type in ('team_health', 'goal_awareness', 'psychological_safety') and score is not null)
                or (survey_type = 'enps' and scale_min = 0 and scale_max = 10 and score = floor(score))
            )
            and date_trunc('quarter', responded_date) + interval 3 months <= settings.as_of_date + 1
    ),

    -- cells of one quarter, grain and dimension add up to the quarter's total
    answers_by_cell as (
        select
            *,
            'quarter' as grain,
            'team' as dimension_name,
            quarter_start_date as period_start_date,
            current_team_key as cell_team_key
        from answers
        union all
        select *, 'month', 'total', month_start_date, -2
        from answers
        union all
        select *, 'quarter', 'total', quarter_start_date, -2
        from answers
    ),

    -- answers without a respondent may be the same people's in every month and to every question, but not in every team
    answers_by_person as (
        select
            * exclude (respondent),
            if(
                is_known_person,
                respondent,
                concat_ws(
                    ':',
                    cell_team_key,
                    row_number() over (
                        partition by
                            survey_type,
                            grain,
                            dimension_name,
                            cell_team_key,
                            month_start_date,
                            question_id,
                            is_known_person
                        order by respondent
                    )
                )
            ) as person
        from answers_by_cell
    ),

    cells as (
        select
            answers_by_person.survey_type,
            answers_by_person.grain,
            answers_by_person.dimension_name,
            answers_by_person.period_start_date,
            answers_by_person.cell_team_key,
            count(published_cells.employee_survey_cell_key) > 0 as is_shown,
            count(distinct answers_by_person.person) as people,
            people < any_value(settings.privacy_minimum) or count(distinct answers_by_person.says) < 2 as is_revealing
        from answers_by_person
        cross join settings
        left join
            published_cells
            on answers_by_person.survey_type = published_cells.survey_type
            and answers_by_person.grain = published_cells.grain
            and answers_by_person.dimension_name = published_cells.dimension_name
            and answers_by_person.period_start_date = published_cells.period_start_date
            and answers_by_person.cell_team_key = published_cells.current_team_key
        group by all
    ),

    -- a cell that would reveal nothing by itself is only suppressed to protect others
    siblings as (
        select
            answers.survey_type,
            answers.quarter_start_date,
            answers.grain,
            answers.dimension_name,
            bool_or(cells.is_shown and cells.is_revealing) as is_any_shown_revealing,
            min(cells.people) filter (cells.is_shown) as least_people_shown,
            count(distinct answers.person) filter (not cells.is_shown) as people_left,
            count(distinct answers.says) filter (not cells.is_shown) as says_left,
            count(distinct answers.person) filter (cells.is_revealing) as people_revealed,
            count(distinct answers.says) filter (cells.is_revealing) as says_revealed,
            count(distinct(answers.period_start_date, answers.cell_team_key)) filter (
                not cells.is_shown and not cells.is_revealing
            ) as protecting_cells,
            max(cells.people) filter (not cells.is_shown and not cells.is_revealing) as most_people_protecting
        from answers_by_person as answers
        inner join cells using (survey_type, grain, dimension_name, period_start_date, cell_team_key)
        group by all
    )

select siblings.*
from siblings
cross join settings
left join
    published_cells as totals
    on siblings.survey_type = totals.survey_type
    and siblings.quarter_start_date = totals.period_start_date
    and totals.grain = 'quarter'
    and totals.dimension_name = 'total'
where
    siblings.is_any_shown_revealing
    -- the total less the cells shown is too few people, or all of one answer
    or (
        totals.employee_survey_cell_key is not null
        and siblings.people_left > 0
        and (siblings.people_left < settings.privacy_minimum or siblings.says_left < 2)
    )
    -- one protecting cell, the smallest, is enough, and is needed only where the revealing cells alone are not
    or siblings.protecting_cells > 1
    or siblings.most_people_protecting > siblings.least_people_shown
    or (
        siblings.protecting_cells = 1
        and (
            siblings.people_revealed = 0
            or (siblings.people_revealed >= settings.privacy_minimum and siblings.says_revealed > 1)
        )
    )
