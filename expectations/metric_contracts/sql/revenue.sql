SELECT
  metric_time__month,
  SUM(revenue) AS revenue,
  SUM(revenue_entries) AS revenue_entries,
  SUM(revenue_entries_unrated) AS revenue_entries_unrated
FROM (
  SELECT
    t1.metric_time__month AS metric_time__month,
    t1.ledger_entry__is_posted AS ledger_entry__is_posted,
    t2.account_type AS account__account_type,
    t1.__revenue AS revenue,
    t1.__revenue_entries AS revenue_entries,
    t1.__revenue_entries_unrated AS revenue_entries_unrated
  FROM (
    SELECT
      DATE_TRUNC('MONTH', posted_date) AS metric_time__month,
      account_key AS account,
      is_posted AS ledger_entry__is_posted,
      -reporting_amount AS __revenue,
      CASE WHEN has_rate THEN 1 ELSE 0 END AS __revenue_entries,
      CASE WHEN has_rate THEN 0 ELSE 1 END AS __revenue_entries_unrated
    FROM core.fct_ledger_entries AS t3
  ) AS t1
  LEFT OUTER JOIN core.dim_account AS t2
    ON t1.account = t2.account_key
) AS t0
WHERE
  account__account_type = 'revenue' AND ledger_entry__is_posted = TRUE
GROUP BY
  metric_time__month
-- version 1
