WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', cohort_date) AS metric_time__month,
    dimension_name AS cohort_day__dimension_name,
    CASE
      WHEN is_counted AND weeks_since_first_use = 4
      THEN first_active_users
      ELSE 0
    END AS __users_active_in_week_4,
    CASE WHEN is_counted AND days_since_first_use = 0 THEN cohort_users END AS __users_of_cohorts,
    CASE WHEN NOT is_counted AND days_since_first_use = 0 THEN cohort_users ELSE 0 END AS __users_of_other_cohorts
  FROM core.fct_user_cohorts AS t5
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(
    CAST(t0.users_active_in_week_4 AS DOUBLE) / CAST(NULLIF(t0.users_of_cohorts, 0) AS DOUBLE)
  ) AS retention_w4,
  MAX(t1.users_active_in_week_4) AS users_active_in_week_4,
  MAX(t1.users_of_cohorts) AS users_of_cohorts,
  MAX(t1.users_of_other_cohorts) AS users_of_other_cohorts
FROM (
  SELECT
    metric_time__month,
    SUM(users_active_in_week_4) AS users_active_in_week_4,
    SUM(users_of_cohorts) AS users_of_cohorts
  FROM (
    SELECT
      metric_time__month,
      cohort_day__dimension_name,
      __users_active_in_week_4 AS users_active_in_week_4,
      __users_of_cohorts AS users_of_cohorts
    FROM t2
  ) AS t3
  WHERE
    cohort_day__dimension_name = 'total'
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(users_active_in_week_4) AS users_active_in_week_4,
    SUM(users_of_cohorts) AS users_of_cohorts,
    SUM(users_of_other_cohorts) AS users_of_other_cohorts
  FROM (
    SELECT
      metric_time__month,
      cohort_day__dimension_name,
      __users_active_in_week_4 AS users_active_in_week_4,
      __users_of_cohorts AS users_of_cohorts,
      __users_of_other_cohorts AS users_of_other_cohorts
    FROM t2
  ) AS t4
  WHERE
    cohort_day__dimension_name = 'total'
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
