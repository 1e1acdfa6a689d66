with
    questions as (select unnest(from_json(getvariable('questions'), '["json"]')) as question),
    responses as (
        select
            *,
            record ->> '$.token' as token,
            row_number() over (partition by form, record ->> '$.token' order by _record desc) as nth
        from raw.responses
    ),
    answers as (
        select
            token,
            form,
            -- read once: each further look into a JSON text parses it again
            unnest(
                from_json(
                    record -> 'answers',
                    '[{"number": "VARCHAR", "text": "VARCHAR", "field": {"id": "VARCHAR", "ref": "VARCHAR"}}]'
                )
            ) as answer
        from responses
        where nth = 1
    ),
    asked as (
        select
            responses.*, question ->> '$.question' as asked_for, question ->> '$.comment' as comment_asked_for, question
        from responses
        inner join questions on responses.form = (questions.question ->> '$.form')
    ),
    scores as (
        select asked.token, asked.form, asked_for, max(answer.number) as score
        from asked
        inner join
            answers
            on asked.form = answers.form
            and asked.token = answers.token
            and asked_for in (answer.field.id, answer.field.ref)
        where asked.nth = 1
        group by asked.token, asked.form, asked_for
    ),
    comments as (
        select asked.token, asked.form, asked_for, max(answer.text) as comment
        from asked
        inner join
            answers
            on asked.form = answers.form
            and asked.token = answers.token
            and comment_asked_for in (answer.field.id, answer.field.ref)
        where asked.nth = 1
        group by asked.token, asked.form, asked_for
    )
select
    getvariable('source') || ':' || asked.token as response_id,
    getvariable('source') || ':' || asked.form || ':' || asked.asked_for as question_id,
    question ->> '$.survey_type' as survey_type,
    true as is_score_question,
    scores.score,
    question ->> '$.scale[0]' as scale_min,
    question ->> '$.scale[1]' as scale_max,
    question ->> '$.higher_is_better' as higher_is_better,
    record ->> ('$.hidden."' || getvariable('respondent') || '"') as respondent_id,
    record ->> ('$.hidden."' || getvariable('customer') || '"') as customer_id,
    question ->> '$.product' as product_id,
    question ->> '$.team' as team_id,
    record ->> '$.submitted_at' as responded_at,
    comments.comment,
    case
        when nth > 1 then 'merged' when scores.score is null and comments.comment is null then 'not answered'
    end as _excluded,
    _file,
    _record
from asked
left join scores on asked.form = scores.form and asked.token = scores.token and asked.asked_for = scores.asked_for
left join
    comments on asked.form = comments.form and asked.token = comments.token and asked.asked_for = comments.asked_for
