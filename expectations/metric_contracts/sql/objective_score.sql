SELECT
  t0.metric_time__month AS metric_time__month,
  AVG(t0.__objective_score) AS objective_score,
  SUM(t0.__outcome_score_sum) AS outcome_score_sum,
  SUM(t0.__outcome_key_results_scored) AS outcome_key_results_scored,
  SUM(t0.__outcome_key_results_unscored) AS outcome_key_results_unscored
FROM (
  SELECT
    DATE_TRUNC('DAY', point_date) AS point_date__day,
    DATE_TRUNC('MONTH', point_date) AS metric_time__month,
    key_result_key AS key_result,
    CASE WHEN is_outcome THEN score END AS __objective_score,
    CASE WHEN NOT CASE WHEN is_outcome THEN score END IS NULL THEN 1 ELSE 0 END AS __outcome_key_results_scored,
    CASE WHEN is_outcome AND NOT is_measured THEN 1 ELSE 0 END AS __outcome_key_results_unscored,
    CASE WHEN is_outcome THEN score END AS __outcome_score_sum
  FROM measures.msr_key_result_points AS t2
) AS t0
INNER JOIN (
  SELECT
    key_result_key AS key_result,
    DATE_TRUNC('MONTH', point_date) AS metric_time__month,
    MAX(DATE_TRUNC('DAY', point_date)) AS point_date__day__complete
  FROM measures.msr_key_result_points AS t2
  GROUP BY
    key_result_key,
    DATE_TRUNC('MONTH', point_date)
) AS t1
  ON (
    t0.point_date__day = t1.point_date__day__complete
  )
  AND (
    t0.key_result = t1.key_result
  )
GROUP BY
  t0.metric_time__month
-- version 1
