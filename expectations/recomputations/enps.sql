-- 100 x (promoters - detractors) / answers of colleagues, of quarters that have ended.
select 'quarter' as grain, period_start, dimension_name, member_id, value, n
from feed.colleague_scores
where survey_type = 'enps'
