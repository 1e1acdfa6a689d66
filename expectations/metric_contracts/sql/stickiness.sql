WITH t2 AS (
  SELECT
    DATE_TRUNC('DAY', usage_date) AS usage_date__day,
    DATE_TRUNC('MONTH', usage_date) AS metric_time__month,
    dimension_name AS usage_day__dimension_name,
    mau_silent_days AS __mau_silent_days,
    mau AS __mau_users,
    mean_dau AS __mean_dau
  FROM measures.msr_active_user_windows AS t7
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(CAST(t0.mean_dau AS DOUBLE) / CAST(NULLIF(t0.mau_users, 0) AS DOUBLE)) AS stickiness,
  MAX(t1.mean_dau) AS mean_dau,
  MAX(t1.mau_users) AS mau_users,
  MAX(t1.mau_silent_days) AS mau_silent_days
FROM (
  SELECT
    t3.metric_time__month AS metric_time__month,
    SUM(t3.__mean_dau) AS mean_dau,
    SUM(t3.__mau_users) AS mau_users
  FROM (
    SELECT
      mau_users AS __mau_users,
      mean_dau AS __mean_dau,
      usage_date__day,
      metric_time__month
    FROM (
      SELECT
        usage_date__day,
        metric_time__month,
        usage_day__dimension_name,
        __mau_users AS mau_users,
        __mean_dau AS mean_dau
      FROM t2
    ) AS t8
    WHERE
      usage_day__dimension_name = 'total'
  ) AS t3
  INNER JOIN (
    SELECT
      metric_time__month,
      MAX(usage_date__day) AS usage_date__day__complete
    FROM (
      SELECT
        usage_date__day,
        metric_time__month,
        usage_day__dimension_name
      FROM t2
    ) AS t8
    WHERE
      usage_day__dimension_name = 'total'
    GROUP BY
      metric_time__month
  ) AS t4
    ON t3.usage_date__day = t4.usage_date__day__complete
  GROUP BY
    t3.metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    t5.metric_time__month AS metric_time__month,
    SUM(t5.__mean_dau) AS mean_dau,
    SUM(t5.__mau_users) AS mau_users,
    MAX(t5.__mau_silent_days) AS mau_silent_days
  FROM (
    SELECT
      mau_silent_days AS __mau_silent_days,
      mau_users AS __mau_users,
      mean_dau AS __mean_dau,
      usage_date__day,
      metric_time__month
    FROM (
      SELECT
        usage_date__day,
        metric_time__month,
        usage_day__dimension_name,
        __mau_silent_days AS mau_silent_days,
        __mau_users AS mau_users,
        __mean_dau AS mean_dau
      FROM t2
    ) AS t9
    WHERE
      usage_day__dimension_name = 'total'
  ) AS t5
  INNER JOIN (
    SELECT
      metric_time__month,
      MAX(usage_date__day) AS usage_date__day__complete
    FROM (
      SELECT
        usage_date__day,
        metric_time__month,
        usage_day__dimension_name
      FROM t2
    ) AS t9
    WHERE
      usage_day__dimension_name = 'total'
    GROUP BY
      metric_time__month
  ) AS t6
    ON t5.usage_date__day = t6.usage_date__day__complete
  GROUP BY
    t5.metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
