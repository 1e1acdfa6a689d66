SELECT
  metric_time__month,
  QUANTILE_CONT((
    lead_time_days_p50
  ), 0.5 ORDER BY (
    lead_time_days_p50
  )) AS lead_time_days_p50,
  SUM(lead_times_measured) AS lead_times_measured,
  SUM(lead_times_unmeasured) AS lead_times_unmeasured
FROM (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    is_delivered AS deliverable__is_delivered,
    lead_time_days AS lead_time_days_p50,
    CASE WHEN NOT lead_time_days IS NULL THEN 1 ELSE 0 END AS lead_times_measured,
    CASE WHEN lead_time_days IS NULL THEN 1 ELSE 0 END AS lead_times_unmeasured
  FROM core.fct_deliverables AS t1
) AS t0
WHERE
  deliverable__is_delivered = TRUE
GROUP BY
  metric_time__month
-- version 1
