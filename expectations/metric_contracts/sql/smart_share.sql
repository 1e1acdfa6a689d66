WITH t2 AS (
  SELECT
    metric_time__month,
    COUNT(DISTINCT __smart_key_results) AS smart_key_results,
    COUNT(DISTINCT __key_results) AS key_results
  FROM (
    SELECT
      DATE_TRUNC('MONTH', point_date) AS metric_time__month,
      key_result_key AS __key_results,
      CASE WHEN is_smart THEN key_result_key END AS __smart_key_results
    FROM measures.msr_key_result_points AS t4
  ) AS t3
  GROUP BY
    metric_time__month
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(t0.smart_share) AS smart_share,
  MAX(t1.smart_key_results) AS smart_key_results,
  MAX(t1.key_results) AS key_results
FROM (
  SELECT
    metric_time__month,
    CAST(smart_key_results AS DOUBLE) / CAST(NULLIF(key_results, 0) AS DOUBLE) AS smart_share
  FROM t2
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    smart_key_results,
    key_results
  FROM t2
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
