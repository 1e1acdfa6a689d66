select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.survey_answers
union all
select 'sum(score)', sum(answer::decimal(28, 10))
from raw.survey_answers
union all
select 'count(*) filter (where not higher_is_better)', count(*) filter (where scale in ('10-0', '7-1'))
from raw.survey_answers
union all
select 'count(*) filter (where not is_score_question)', count(*) filter (where question = 'nps-reason')
from raw.survey_answers
