SELECT
  metric_time__month,
  SUM(delivered) AS delivered
FROM (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    is_delivered AS deliverable__is_delivered,
    1 AS delivered
  FROM core.fct_deliverables AS t1
) AS t0
WHERE
  deliverable__is_delivered = TRUE
GROUP BY
  metric_time__month
-- version 2
