SELECT
  metric_time__fiscal_year,
  __budget AS budget,
  __budget_months_rated AS budget_months_rated,
  COALESCE(__budget_months_unrated, 0) AS budget_months_unrated
FROM (
  SELECT
    metric_time__fiscal_year,
    SUM(budget) AS __budget,
    SUM(budget_months_rated) AS __budget_months_rated,
    SUM(budget_months_unrated) AS __budget_months_unrated
  FROM (
    SELECT
      t3.fiscal_year_start_date AS metric_time__fiscal_year,
      t2.budget__is_current_version AS budget__is_current_version,
      t2.__budget AS budget,
      t2.__budget_months_rated AS budget_months_rated,
      t2.__budget_months_unrated AS budget_months_unrated
    FROM (
      SELECT
        budget_reporting_amount AS __budget,
        CASE WHEN has_rate THEN 1 ELSE 0 END AS __budget_months_rated,
        CASE WHEN has_rate THEN 0 ELSE 1 END AS __budget_months_unrated,
        DATE_TRUNC('DAY', month_start_date) AS month_start_date__day,
        is_current_version AS budget__is_current_version
      FROM core.fct_budgets AS t4
    ) AS t2
    LEFT OUTER JOIN core.dim_date AS t3
      ON t2.month_start_date__day = t3.date_day
  ) AS t1
  WHERE
    budget__is_current_version = TRUE
  GROUP BY
    metric_time__fiscal_year
) AS t0
-- version 1
