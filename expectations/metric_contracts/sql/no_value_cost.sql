SELECT
  metric_time__month,
  SUM(__no_value_cost) AS no_value_cost,
  COUNT(DISTINCT __deliverables_without_value) AS deliverables_without_value,
  SUM(__posted_cost_unrated) AS posted_cost_unrated
FROM (
  SELECT
    DATE_TRUNC('MONTH', posted_date) AS metric_time__month,
    CASE WHEN is_without_value THEN deliverable_key END AS __deliverables_without_value,
    CASE WHEN is_without_value THEN cost ELSE 0 END AS __no_value_cost,
    entries_unrated AS __posted_cost_unrated
  FROM measures.msr_cost_values AS t1
) AS t0
GROUP BY
  metric_time__month
-- version 1
