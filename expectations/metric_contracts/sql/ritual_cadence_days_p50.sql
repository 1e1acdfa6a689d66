SELECT
  metric_time__month,
  QUANTILE_CONT((
    __ritual_cadence_days_p50
  ), 0.5 ORDER BY (
    __ritual_cadence_days_p50
  )) AS ritual_cadence_days_p50,
  SUM(__ritual_gaps) AS ritual_gaps
FROM (
  SELECT
    DATE_TRUNC('MONTH', held_date) AS metric_time__month,
    gap_days AS __ritual_cadence_days_p50,
    CASE WHEN NOT gap_days IS NULL THEN 1 ELSE 0 END AS __ritual_gaps
  FROM measures.msr_ritual_gaps AS t1
) AS t0
GROUP BY
  metric_time__month
-- version 1
