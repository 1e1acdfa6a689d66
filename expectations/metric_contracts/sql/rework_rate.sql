WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', first_done_date) AS metric_time__month,
    is_mature AS rework__is_mature,
    is_reworked AS rework__is_reworked,
    1 AS __deliverables_done_lately,
    1 AS __deliverables_done_once,
    1 AS __deliverables_reworked
  FROM measures.msr_rework AS t9
), t5 AS (
  SELECT
    metric_time__month,
    COALESCE(__deliverables_reworked, 0) AS deliverables_reworked
  FROM (
    SELECT
      metric_time__month,
      SUM(deliverables_reworked) AS __deliverables_reworked
    FROM (
      SELECT
        metric_time__month,
        rework__is_mature,
        rework__is_reworked,
        __deliverables_reworked AS deliverables_reworked
      FROM t4
    ) AS t14
    WHERE
      rework__is_mature = TRUE AND rework__is_reworked = TRUE
    GROUP BY
      metric_time__month
  ) AS t10
), t6 AS (
  SELECT
    metric_time__month,
    SUM(deliverables_done_once) AS deliverables_done_once
  FROM (
    SELECT
      metric_time__month,
      rework__is_mature,
      __deliverables_done_once AS deliverables_done_once
    FROM t4
  ) AS t11
  WHERE
    rework__is_mature = TRUE
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
  MAX(t0.rework_rate) AS rework_rate,
  COALESCE(MAX(t1.deliverables_reworked), 0) AS deliverables_reworked,
  MAX(t2.deliverables_done_once) AS deliverables_done_once,
  MAX(t3.deliverables_done_lately) AS deliverables_done_lately
FROM (
  SELECT
    metric_time__month,
    CAST(deliverables_reworked AS DOUBLE) / CAST(NULLIF(deliverables_done_once, 0) AS DOUBLE) AS rework_rate
  FROM (
    SELECT
      COALESCE(t12.metric_time__month, t13.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t12.deliverables_reworked), 0) AS deliverables_reworked,
      MAX(t13.deliverables_done_once) AS deliverables_done_once
    FROM (
      SELECT
        metric_time__month,
        deliverables_reworked
      FROM t5
    ) AS t12
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        deliverables_done_once
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
    deliverables_reworked
  FROM t5
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    deliverables_done_once
  FROM t6
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(deliverables_done_lately) AS deliverables_done_lately
  FROM (
    SELECT
      metric_time__month,
      rework__is_mature,
      __deliverables_done_lately AS deliverables_done_lately
    FROM t4
  ) AS t8
  WHERE
    rework__is_mature = FALSE
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
