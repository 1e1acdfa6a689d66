SELECT
  metric_time__month,
  QUANTILE_CONT((
    __feedback_cadence_days_p50
  ), 0.5 ORDER BY (
    __feedback_cadence_days_p50
  )) AS feedback_cadence_days_p50,
  SUM(__check_in_gaps) AS check_in_gaps
FROM (
  SELECT
    DATE_TRUNC('MONTH', checked_date) AS metric_time__month,
    CASE WHEN NOT gap_days IS NULL THEN 1 ELSE 0 END AS __check_in_gaps,
    gap_days AS __feedback_cadence_days_p50
  FROM measures.msr_check_in_gaps AS t1
) AS t0
GROUP BY
  metric_time__month
-- version 1
