WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    is_delivered AS deliverable__is_delivered,
    1 AS __delivered
  FROM core.fct_deliverables AS t11
), t5 AS (
  SELECT
    metric_time__month,
    SUM(delivered) AS done
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __delivered AS delivered
    FROM t4
  ) AS t12
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
), t6 AS (
  SELECT
    DATE_TRUNC('MONTH', date_day) AS metric_time__month,
    1 AS __days_of_delivery
  FROM measures.msr_delivery_days AS t13
), t7 AS (
  SELECT
    metric_time__month,
    SUM(__days_of_delivery) AS days
  FROM t6
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
  MAX(t0.throughput) AS throughput,
  MAX(t1.delivered) AS delivered,
  MAX(t2.days_of_delivery) AS days_of_delivery,
  MAX(t3.deliverables_counted) AS deliverables_counted
FROM (
  SELECT
    metric_time__month,
    7.0 * COALESCE(done, 0) / days AS throughput
  FROM (
    SELECT
      COALESCE(t5.metric_time__month, t7.metric_time__month) AS metric_time__month,
      MAX(t5.done) AS done,
      MAX(t7.days) AS days
    FROM t5
    FULL OUTER JOIN t7
      ON t5.metric_time__month = t7.metric_time__month
    GROUP BY
      COALESCE(t5.metric_time__month, t7.metric_time__month)
  ) AS t8
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(delivered) AS delivered
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __delivered AS delivered
    FROM t4
  ) AS t9
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__days_of_delivery) AS days_of_delivery
  FROM t6
  GROUP BY
    metric_time__month
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    COALESCE(done, 0) AS deliverables_counted
  FROM (
    SELECT
      COALESCE(t5.metric_time__month, t7.metric_time__month) AS metric_time__month,
      MAX(t5.done) AS done,
      MAX(t7.days) AS days
    FROM t5
    FULL OUTER JOIN t7
      ON t5.metric_time__month = t7.metric_time__month
    GROUP BY
      COALESCE(t5.metric_time__month, t7.metric_time__month)
  ) AS t10
) AS t3
  ON COALESCE(t0.metric_time__month, t1.metric_time__month, t2.metric_time__month) = t3.metric_time__month
GROUP BY
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  )
-- version 2
