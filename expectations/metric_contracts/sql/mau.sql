SELECT
  t0.metric_time__month AS metric_time__month,
  SUM(t0.__mau) AS mau,
  SUM(t0.__mau_users) AS mau_users,
  MAX(t0.__mau_silent_days) AS mau_silent_days
FROM (
  SELECT
    mau AS __mau,
    mau_silent_days AS __mau_silent_days,
    mau_users AS __mau_users,
    usage_date__day,
    metric_time__month
  FROM (
    SELECT
      DATE_TRUNC('DAY', usage_date) AS usage_date__day,
      DATE_TRUNC('MONTH', usage_date) AS metric_time__month,
      dimension_name AS usage_day__dimension_name,
      mau,
      mau_silent_days,
      mau AS mau_users
    FROM measures.msr_active_user_windows AS t3
  ) AS t2
  WHERE
    usage_day__dimension_name = 'total'
) AS t0
INNER JOIN (
  SELECT
    metric_time__month,
    MAX(usage_date__day) AS usage_date__day__complete
  FROM (
    SELECT
      DATE_TRUNC('DAY', usage_date) AS usage_date__day,
      DATE_TRUNC('MONTH', usage_date) AS metric_time__month,
      dimension_name AS usage_day__dimension_name
    FROM measures.msr_active_user_windows AS t3
  ) AS t2
  WHERE
    usage_day__dimension_name = 'total'
  GROUP BY
    metric_time__month
) AS t1
  ON t0.usage_date__day = t1.usage_date__day__complete
GROUP BY
  t0.metric_time__month
-- version 1
