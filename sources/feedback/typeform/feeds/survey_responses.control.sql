with
    latest as (
        select form, record ->> '$.token' as token, arg_max(record, _record) as record
        from raw.responses
        group by form, record ->> '$.token'
    ),
    answers as (select form, unnest(from_json(record -> 'answers', '["json"]')) as answer from latest),
    questions as (select unnest(from_json(getvariable('questions'), '["json"]')) as question)
select 'sum(score)' as measure, sum((answer ->> '$.number')::decimal(28, 10)) as expected
from answers
inner join
    questions
    on answers.form = (question ->> '$.form')
    and (question ->> '$.question') in (answer ->> '$.field.id', answer ->> '$.field.ref')
having count(*) > 0
