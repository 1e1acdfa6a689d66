WITH t2 AS (
  SELECT
    metric_time__month,
    COUNT(DISTINCT __outcome_key_results) AS outcome_key_results,
    COUNT(DISTINCT __key_results) AS key_results
  FROM (
    SELECT
      DATE_TRUNC('MONTH', point_date) AS metric_time__month,
      key_result_key AS __key_results,
      CASE WHEN is_outcome THEN key_result_key END AS __outcome_key_results
    FROM measures.msr_key_result_points AS t4
  ) AS t3
  GROUP BY
    metric_time__month
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(t0.outcome_key_result_share) AS outcome_key_result_share,
  MAX(t1.outcome_key_results) AS outcome_key_results,
  MAX(t1.key_results) AS key_results
FROM (
  SELECT
    metric_time__month,
    CAST(outcome_key_results AS DOUBLE) / CAST(NULLIF(key_results, 0) AS DOUBLE) AS outcome_key_result_share
  FROM t2
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    outcome_key_results,
    key_results
  FROM t2
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
