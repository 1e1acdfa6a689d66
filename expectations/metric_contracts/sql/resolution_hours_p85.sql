SELECT
  metric_time__month,
  QUANTILE_CONT((
    resolution_hours_p85
  ), 0.85 ORDER BY (
    resolution_hours_p85
  )) AS resolution_hours_p85,
  SUM(tickets_solved_timed) AS tickets_solved_timed,
  SUM(tickets_solved_untimed) AS tickets_solved_untimed
FROM (
  SELECT
    DATE_TRUNC('MONTH', solved_date) AS metric_time__month,
    is_opened AS ticket__is_opened,
    resolution_hours AS resolution_hours_p85,
    CASE WHEN NOT resolution_hours IS NULL THEN 1 ELSE 0 END AS tickets_solved_timed,
    CASE WHEN is_solved AND resolution_hours IS NULL THEN 1 ELSE 0 END AS tickets_solved_untimed
  FROM core.fct_support_tickets AS t1
) AS t0
WHERE
  ticket__is_opened = TRUE
GROUP BY
  metric_time__month
-- version 1
