WITH t2 AS (
  SELECT
    DATE_TRUNC('DAY', point_date) AS point_date__day,
    DATE_TRUNC('MONTH', point_date) AS metric_time__month,
    key_result_key AS key_result,
    CASE WHEN is_on_pace THEN 1 ELSE 0 END AS __key_results_on_pace,
    CASE WHEN NOT score IS NULL THEN 1 ELSE 0 END AS __key_results_scored,
    CASE WHEN is_measured THEN 0 ELSE 1 END AS __key_results_unscored
  FROM measures.msr_key_result_points AS t7
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(
    CAST(t0.key_results_on_pace AS DOUBLE) / CAST(NULLIF(t0.key_results_scored, 0) AS DOUBLE)
  ) AS on_pace_share,
  MAX(t1.key_results_on_pace) AS key_results_on_pace,
  MAX(t1.key_results_scored) AS key_results_scored,
  MAX(t1.key_results_unscored) AS key_results_unscored
FROM (
  SELECT
    t3.metric_time__month AS metric_time__month,
    SUM(t3.__key_results_on_pace) AS key_results_on_pace,
    SUM(t3.__key_results_scored) AS key_results_scored
  FROM (
    SELECT
      point_date__day,
      metric_time__month,
      key_result,
      __key_results_on_pace,
      __key_results_scored
    FROM t2
  ) AS t3
  INNER JOIN (
    SELECT
      key_result,
      metric_time__month,
      MAX(point_date__day) AS point_date__day__complete
    FROM t2
    GROUP BY
      key_result,
      metric_time__month
  ) AS t4
    ON (
      t3.point_date__day = t4.point_date__day__complete
    )
    AND (
      t3.key_result = t4.key_result
    )
  GROUP BY
    t3.metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    t5.metric_time__month AS metric_time__month,
    SUM(t5.__key_results_on_pace) AS key_results_on_pace,
    SUM(t5.__key_results_scored) AS key_results_scored,
    SUM(t5.__key_results_unscored) AS key_results_unscored
  FROM (
    SELECT
      point_date__day,
      metric_time__month,
      key_result,
      __key_results_on_pace,
      __key_results_scored,
      __key_results_unscored
    FROM t2
  ) AS t5
  INNER JOIN (
    SELECT
      key_result,
      metric_time__month,
      MAX(point_date__day) AS point_date__day__complete
    FROM t2
    GROUP BY
      key_result,
      metric_time__month
  ) AS t6
    ON (
      t5.point_date__day = t6.point_date__day__complete
    )
    AND (
      t5.key_result = t6.key_result
    )
  GROUP BY
    t5.metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
