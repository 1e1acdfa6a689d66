SELECT
  metric_time__month,
  SUM(benefit_actual_soft) AS benefit_actual_soft,
  SUM(benefit_actual_soft_rated) AS benefit_actual_soft_rated,
  SUM(benefit_actual_soft_unrated) AS benefit_actual_soft_unrated
FROM (
  SELECT
    DATE_TRUNC('MONTH', month_start_date) AS metric_time__month,
    benefit_type AS benefit__benefit_type,
    scenario AS benefit__scenario,
    is_past AS benefit__is_past,
    benefit_reporting_amount AS benefit_actual_soft,
    CASE WHEN has_rate THEN 1 ELSE 0 END AS benefit_actual_soft_rated,
    CASE WHEN has_rate THEN 0 ELSE 1 END AS benefit_actual_soft_unrated
  FROM core.fct_benefits AS t1
) AS t0
WHERE
  benefit__scenario = 'actual'
  AND benefit__benefit_type = 'soft'
  AND benefit__is_past = TRUE
GROUP BY
  metric_time__month
-- version 1
