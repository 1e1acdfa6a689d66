WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', held_date) AS metric_time__month,
    CASE WHEN is_held AND NOT actions_raised IS NULL THEN actions_closed END AS __actions_closed,
    CASE WHEN is_held AND NOT actions_closed IS NULL THEN actions_raised END AS __actions_raised,
    CASE
      WHEN is_held AND actions_raised > 0 AND actions_closed IS NULL
      THEN 1
      ELSE 0
    END AS __rituals_unclosed
  FROM core.fct_rituals AS t3
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(CAST(t0.actions_closed AS DOUBLE) / CAST(NULLIF(t0.actions_raised, 0) AS DOUBLE)) AS action_closure_rate,
  MAX(t1.actions_closed) AS actions_closed,
  MAX(t1.actions_raised) AS actions_raised,
  MAX(t1.rituals_unclosed) AS rituals_unclosed
FROM (
  SELECT
    metric_time__month,
    SUM(__actions_closed) AS actions_closed,
    SUM(__actions_raised) AS actions_raised
  FROM t2
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__actions_closed) AS actions_closed,
    SUM(__actions_raised) AS actions_raised,
    SUM(__rituals_unclosed) AS rituals_unclosed
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
