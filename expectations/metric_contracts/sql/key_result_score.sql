SELECT
  t0.metric_time__month AS metric_time__month,
  AVG(t0.__key_result_score) AS key_result_score,
  SUM(t0.__key_result_score_sum) AS key_result_score_sum,
  SUM(t0.__key_results_scored) AS key_results_scored,
  SUM(t0.__key_results_unscored) AS key_results_unscored
FROM (
  SELECT
    DATE_TRUNC('DAY', point_date) AS point_date__day,
    DATE_TRUNC('MONTH', point_date) AS metric_time__month,
    key_result_key AS key_result,
    score AS __key_result_score,
    score AS __key_result_score_sum,
    CASE WHEN NOT score IS NULL THEN 1 ELSE 0 END AS __key_results_scored,
    CASE WHEN is_measured THEN 0 ELSE 1 END AS __key_results_unscored
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
