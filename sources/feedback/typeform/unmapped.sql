-- numbers that were answered to questions that `questions` doesn't name
with
    responses as (
        select form, record
        from raw.responses
        qualify row_number() over (partition by form, record ->> '$.token' order by _record desc) = 1
    ),
    questions as (
        select question ->> '$.form' as form, question ->> '$.question' as name
        from (select unnest(from_json(getvariable('questions'), '["json"]')) as question)
    ),
    answers as (select form, unnest(from_json(record -> 'answers', '["json"]')) as answer from responses),
    asked as (
        select form, answer ->> '$.field.id' as id, answer ->> '$.field.ref' as ref
        from answers
        where (answer ->> '$.number') is not null
    )
select 'questions' as setting, form || ': ' || id as name, count(*) as occurrences
from asked
where not exists (select 1 from questions where questions.form = asked.form and questions.name in (asked.id, asked.ref))
group by form, id
