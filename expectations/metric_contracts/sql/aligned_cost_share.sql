WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', cost_month_date) AS metric_time__month,
    CASE WHEN is_run THEN 0 ELSE cost END AS __alignable_cost,
    CASE WHEN is_aligned THEN cost ELSE 0 END AS __aligned_cost,
    CASE WHEN NOT is_run AND deliverable_key > 0 THEN deliverable_key END AS __deliverables_costing,
    entries_unrated AS __month_cost_unrated
  FROM measures.msr_cost_values AS t4
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(t0.aligned_cost_share) AS aligned_cost_share,
  MAX(t1.aligned_cost) AS aligned_cost,
  MAX(t1.alignable_cost) AS alignable_cost,
  MAX(t1.deliverables_costing) AS deliverables_costing,
  MAX(t1.month_cost_unrated) AS month_cost_unrated
FROM (
  SELECT
    metric_time__month,
    CASE WHEN whole > 0 THEN aligned / whole END AS aligned_cost_share
  FROM (
    SELECT
      metric_time__month,
      SUM(__aligned_cost) AS aligned,
      SUM(__alignable_cost) AS whole
    FROM t2
    GROUP BY
      metric_time__month
  ) AS t3
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__aligned_cost) AS aligned_cost,
    SUM(__alignable_cost) AS alignable_cost,
    COUNT(DISTINCT __deliverables_costing) AS deliverables_costing,
    SUM(__month_cost_unrated) AS month_cost_unrated
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
