-- The mean answer of colleagues to questions on whether they know the goals, 0 to 1, of quarters that have ended.
select 'quarter' as grain, period_start, dimension_name, member_id, value, n
from feed.colleague_scores
where survey_type = 'goal_awareness'
