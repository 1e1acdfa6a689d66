SELECT
  metric_time__month,
  QUANTILE_CONT((
    first_response_hours_p50
  ), 0.5 ORDER BY (
    first_response_hours_p50
  )) AS first_response_hours_p50,
  SUM(tickets_answered_timed) AS tickets_answered_timed,
  SUM(tickets_answered_untimed) AS tickets_answered_untimed
FROM (
  SELECT
    DATE_TRUNC('MONTH', first_response_date) AS metric_time__month,
    is_opened AS ticket__is_opened,
    first_response_hours AS first_response_hours_p50,
    CASE WHEN NOT first_response_hours IS NULL THEN 1 ELSE 0 END AS tickets_answered_timed,
    CASE WHEN is_answered AND first_response_hours IS NULL THEN 1 ELSE 0 END AS tickets_answered_untimed
  FROM core.fct_support_tickets AS t1
) AS t0
WHERE
  ticket__is_opened = TRUE
GROUP BY
  metric_time__month
-- version 1
