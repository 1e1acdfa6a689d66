WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', due_date) AS metric_time__month,
    is_due AS deliverable__is_due,
    is_on_time AS deliverable__is_on_time,
    is_undated AS deliverable__is_undated,
    1 AS __deliverables_due_by_now,
    1 AS __deliverables_on_time,
    1 AS __deliverables_undated
  FROM core.fct_deliverables AS t9
), t5 AS (
  SELECT
    metric_time__month,
    COALESCE(__deliverables_on_time, 0) AS deliverables_on_time
  FROM (
    SELECT
      metric_time__month,
      SUM(deliverables_on_time) AS __deliverables_on_time
    FROM (
      SELECT
        metric_time__month,
        deliverable__is_on_time,
        __deliverables_on_time AS deliverables_on_time
      FROM t4
    ) AS t14
    WHERE
      deliverable__is_on_time = TRUE
    GROUP BY
      metric_time__month
  ) AS t10
), t6 AS (
  SELECT
    metric_time__month,
    SUM(deliverables_due_by_now) AS deliverables_due_by_now
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_due,
      __deliverables_due_by_now AS deliverables_due_by_now
    FROM t4
  ) AS t11
  WHERE
    deliverable__is_due = TRUE
  GROUP BY
    metric_time__month
)
SELECT
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  ) AS metric_time__month,
  MAX(t0.on_time_rate) AS on_time_rate,
  COALESCE(MAX(t1.deliverables_on_time), 0) AS deliverables_on_time,
  MAX(t2.deliverables_due_by_now) AS deliverables_due_by_now,
  MAX(t3.deliverables_undated) AS deliverables_undated
FROM (
  SELECT
    metric_time__month,
    CAST(deliverables_on_time AS DOUBLE) / CAST(NULLIF(deliverables_due_by_now, 0) AS DOUBLE) AS on_time_rate
  FROM (
    SELECT
      COALESCE(t12.metric_time__month, t13.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t12.deliverables_on_time), 0) AS deliverables_on_time,
      MAX(t13.deliverables_due_by_now) AS deliverables_due_by_now
    FROM (
      SELECT
        metric_time__month,
        deliverables_on_time
      FROM t5
    ) AS t12
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        deliverables_due_by_now
      FROM t6
    ) AS t13
      ON t12.metric_time__month = t13.metric_time__month
    GROUP BY
      COALESCE(t12.metric_time__month, t13.metric_time__month)
  ) AS t7
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    deliverables_on_time
  FROM t5
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    deliverables_due_by_now
  FROM t6
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(deliverables_undated) AS deliverables_undated
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_undated,
      __deliverables_undated AS deliverables_undated
    FROM t4
  ) AS t8
  WHERE
    deliverable__is_undated = TRUE
  GROUP BY
    metric_time__month
) AS t3
  ON COALESCE(t0.metric_time__month, t1.metric_time__month, t2.metric_time__month) = t3.metric_time__month
GROUP BY
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  )
-- version 1
