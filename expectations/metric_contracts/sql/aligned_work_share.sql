WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    CASE WHEN NOT delivery_date IS NULL AND NOT is_run THEN 1 ELSE 0 END AS __alignable_work,
    CASE WHEN NOT delivery_date IS NULL AND is_aligned THEN 1 ELSE 0 END AS __aligned_work,
    CASE WHEN NOT delivery_date IS NULL AND is_run THEN 1 ELSE 0 END AS __run_work
  FROM measures.msr_deliverable_value AS t3
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(CAST(t0.aligned_work AS DOUBLE) / CAST(NULLIF(t0.alignable_work, 0) AS DOUBLE)) AS aligned_work_share,
  MAX(t1.aligned_work) AS aligned_work,
  MAX(t1.alignable_work) AS alignable_work,
  MAX(t1.run_work) AS run_work
FROM (
  SELECT
    metric_time__month,
    SUM(__aligned_work) AS aligned_work,
    SUM(__alignable_work) AS alignable_work
  FROM t2
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__aligned_work) AS aligned_work,
    SUM(__alignable_work) AS alignable_work,
    SUM(__run_work) AS run_work
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
