WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    days_to_value AS __days_to_value_p50,
    CASE WHEN NOT days_to_value IS NULL THEN 1 ELSE 0 END AS __times_to_value_known,
    CASE WHEN is_linked_and_delivered AND days_to_value IS NULL THEN 1 ELSE 0 END AS __times_to_value_unknown
  FROM measures.msr_deliverable_value AS t4
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(t0.time_to_value_days_p50) AS time_to_value_days_p50,
  MAX(t1.times_to_value_known) AS times_to_value_known,
  MAX(t1.times_to_value_unknown) AS times_to_value_unknown
FROM (
  SELECT
    metric_time__month,
    CASE WHEN ISFINITE(days) THEN days END AS time_to_value_days_p50
  FROM (
    SELECT
      metric_time__month,
      QUANTILE_CONT((
        __days_to_value_p50
      ), 0.5 ORDER BY (
        __days_to_value_p50
      )) AS days
    FROM t2
    GROUP BY
      metric_time__month
  ) AS t3
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__times_to_value_known) AS times_to_value_known,
    SUM(__times_to_value_unknown) AS times_to_value_unknown
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
