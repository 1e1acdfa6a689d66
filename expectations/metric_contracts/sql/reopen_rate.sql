WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', solved_date) AS metric_time__month,
    CASE WHEN is_mature AND NOT is_reopened IS NULL THEN 1 END AS __tickets_judged,
    CASE WHEN is_mature AND NOT is_reopened IS NULL THEN 0 ELSE 1 END AS __tickets_not_judged,
    CASE WHEN is_mature AND is_reopened THEN 1 ELSE 0 END AS __tickets_reopened
  FROM measures.msr_solved_tickets AS t3
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(
    CAST(t0.tickets_reopened AS DOUBLE) / CAST(NULLIF(t0.tickets_judged, 0) AS DOUBLE)
  ) AS reopen_rate,
  MAX(t1.tickets_reopened) AS tickets_reopened,
  MAX(t1.tickets_judged) AS tickets_judged,
  MAX(t1.tickets_not_judged) AS tickets_not_judged
FROM (
  SELECT
    metric_time__month,
    SUM(__tickets_reopened) AS tickets_reopened,
    SUM(__tickets_judged) AS tickets_judged
  FROM t2
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__tickets_reopened) AS tickets_reopened,
    SUM(__tickets_judged) AS tickets_judged,
    SUM(__tickets_not_judged) AS tickets_not_judged
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
