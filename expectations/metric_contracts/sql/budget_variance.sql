WITH t4 AS (
  SELECT
    DATE_TRUNC('DAY', posted_date) AS metric_time__day,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_entries_unrated,
    allocated_reporting_amount AS __cost_to_date
  FROM core.fct_cost_allocations AS t10
), t5 AS (
  SELECT
    DATE_TRUNC('DAY', month_start_date) AS metric_time__day,
    is_current_version AS budget__is_current_version,
    budget_reporting_amount AS __budget,
    1 AS __budget_months,
    CASE WHEN has_rate THEN 0 ELSE 1 END AS __budget_months_unrated
  FROM core.fct_budgets AS t11
)
SELECT
  COALESCE(
    t0.metric_time__fiscal_year,
    t1.metric_time__fiscal_year,
    t2.metric_time__fiscal_year,
    t3.metric_time__fiscal_year
  ) AS metric_time__fiscal_year,
  MAX(t0.budget_variance) AS budget_variance,
  COALESCE(MAX(t1.cost_to_date), 0) AS cost_to_date,
  MAX(t2.budget) AS budget,
  MAX(t2.budget_months) AS budget_months,
  MAX(t3.budget_variance_unrated) AS budget_variance_unrated
FROM (
  SELECT
    metric_time__fiscal_year,
    actual - budgeted AS budget_variance
  FROM (
    SELECT
      COALESCE(t12.metric_time__fiscal_year, t13.metric_time__fiscal_year) AS metric_time__fiscal_year,
      COALESCE(MAX(t12.actual), 0) AS actual,
      MAX(t13.budgeted) AS budgeted
    FROM (
      SELECT
        metric_time__fiscal_year,
        COALESCE(__cost_to_date, 0) AS actual
      FROM (
        SELECT
          t22.fiscal_year_start_date AS metric_time__fiscal_year,
          SUM(t4.__cost_to_date) AS __cost_to_date
        FROM t4
        LEFT OUTER JOIN core.dim_date AS t22
          ON t4.metric_time__day = t22.date_day
        GROUP BY
          t22.fiscal_year_start_date
      ) AS t18
    ) AS t12
    FULL OUTER JOIN (
      SELECT
        metric_time__fiscal_year,
        SUM(budget) AS budgeted
      FROM (
        SELECT
          t23.fiscal_year_start_date AS metric_time__fiscal_year,
          t5.budget__is_current_version AS budget__is_current_version,
          t5.__budget AS budget
        FROM t5
        LEFT OUTER JOIN core.dim_date AS t23
          ON t5.metric_time__day = t23.date_day
      ) AS t19
      WHERE
        budget__is_current_version = TRUE
      GROUP BY
        metric_time__fiscal_year
    ) AS t13
      ON t12.metric_time__fiscal_year = t13.metric_time__fiscal_year
    GROUP BY
      COALESCE(t12.metric_time__fiscal_year, t13.metric_time__fiscal_year)
  ) AS t6
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__fiscal_year,
    COALESCE(__cost_to_date, 0) AS cost_to_date
  FROM (
    SELECT
      t14.fiscal_year_start_date AS metric_time__fiscal_year,
      SUM(t4.__cost_to_date) AS __cost_to_date
    FROM t4
    LEFT OUTER JOIN core.dim_date AS t14
      ON t4.metric_time__day = t14.date_day
    GROUP BY
      t14.fiscal_year_start_date
  ) AS t7
) AS t1
  ON t0.metric_time__fiscal_year = t1.metric_time__fiscal_year
FULL OUTER JOIN (
  SELECT
    metric_time__fiscal_year,
    SUM(budget) AS budget,
    SUM(budget_months) AS budget_months
  FROM (
    SELECT
      t15.fiscal_year_start_date AS metric_time__fiscal_year,
      t5.budget__is_current_version AS budget__is_current_version,
      t5.__budget AS budget,
      t5.__budget_months AS budget_months
    FROM t5
    LEFT OUTER JOIN core.dim_date AS t15
      ON t5.metric_time__day = t15.date_day
  ) AS t8
  WHERE
    budget__is_current_version = TRUE
  GROUP BY
    metric_time__fiscal_year
) AS t2
  ON COALESCE(t0.metric_time__fiscal_year, t1.metric_time__fiscal_year) = t2.metric_time__fiscal_year
FULL OUTER JOIN (
  SELECT
    metric_time__fiscal_year,
    COALESCE(cost_rows, 0) + COALESCE(budget_rows, 0) AS budget_variance_unrated
  FROM (
    SELECT
      COALESCE(t16.metric_time__fiscal_year, t17.metric_time__fiscal_year) AS metric_time__fiscal_year,
      MAX(t16.cost_rows) AS cost_rows,
      COALESCE(MAX(t17.budget_rows), 0) AS budget_rows
    FROM (
      SELECT
        t20.fiscal_year_start_date AS metric_time__fiscal_year,
        SUM(t4.__cost_entries_unrated) AS cost_rows
      FROM t4
      LEFT OUTER JOIN core.dim_date AS t20
        ON t4.metric_time__day = t20.date_day
      GROUP BY
        t20.fiscal_year_start_date
    ) AS t16
    FULL OUTER JOIN (
      SELECT
        metric_time__fiscal_year,
        COALESCE(__budget_months_unrated, 0) AS budget_rows
      FROM (
        SELECT
          metric_time__fiscal_year,
          SUM(budget_months_unrated) AS __budget_months_unrated
        FROM (
          SELECT
            t25.fiscal_year_start_date AS metric_time__fiscal_year,
            t5.budget__is_current_version AS budget__is_current_version,
            t5.__budget_months_unrated AS budget_months_unrated
          FROM t5
          LEFT OUTER JOIN core.dim_date AS t25
            ON t5.metric_time__day = t25.date_day
        ) AS t24
        WHERE
          budget__is_current_version = TRUE
        GROUP BY
          metric_time__fiscal_year
      ) AS t21
    ) AS t17
      ON t16.metric_time__fiscal_year = t17.metric_time__fiscal_year
    GROUP BY
      COALESCE(t16.metric_time__fiscal_year, t17.metric_time__fiscal_year)
  ) AS t9
) AS t3
  ON COALESCE(
    t0.metric_time__fiscal_year,
    t1.metric_time__fiscal_year,
    t2.metric_time__fiscal_year
  ) = t3.metric_time__fiscal_year
GROUP BY
  COALESCE(
    t0.metric_time__fiscal_year,
    t1.metric_time__fiscal_year,
    t2.metric_time__fiscal_year,
    t3.metric_time__fiscal_year
  )
-- version 1
