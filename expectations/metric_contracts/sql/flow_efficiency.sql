WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    is_delivered AS deliverable__is_delivered,
    CASE WHEN elapsed_days > 0 THEN active_days END AS __active_days,
    CASE WHEN elapsed_days > 0 THEN elapsed_days END AS __elapsed_days,
    CASE WHEN elapsed_days > 0 THEN 1 ELSE 0 END AS __flows_known,
    CASE WHEN elapsed_days > 0 THEN 0 ELSE 1 END AS __flows_unknown
  FROM core.fct_deliverables AS t5
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(CAST(t0.active_days AS DOUBLE) / CAST(NULLIF(t0.elapsed_days, 0) AS DOUBLE)) AS flow_efficiency,
  MAX(t1.active_days) AS active_days,
  MAX(t1.elapsed_days) AS elapsed_days,
  MAX(t1.flows_known) AS flows_known,
  MAX(t1.flows_unknown) AS flows_unknown
FROM (
  SELECT
    metric_time__month,
    SUM(active_days) AS active_days,
    SUM(elapsed_days) AS elapsed_days
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __active_days AS active_days,
      __elapsed_days AS elapsed_days
    FROM t2
  ) AS t3
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(active_days) AS active_days,
    SUM(elapsed_days) AS elapsed_days,
    SUM(flows_known) AS flows_known,
    SUM(flows_unknown) AS flows_unknown
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __active_days AS active_days,
      __elapsed_days AS elapsed_days,
      __flows_known AS flows_known,
      __flows_unknown AS flows_unknown
    FROM t2
  ) AS t4
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
