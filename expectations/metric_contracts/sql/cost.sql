SELECT
  metric_time__month,
  SUM(__cost) AS cost,
  COUNT(DISTINCT __cost_entries) AS cost_entries,
  SUM(__cost_entries_unrated) AS cost_entries_unrated
FROM (
  SELECT
    DATE_TRUNC('MONTH', posted_date) AS metric_time__month,
    allocated_reporting_amount AS __cost,
    CASE WHEN NOT allocated_reporting_amount IS NULL THEN ledger_entry_key END AS __cost_entries,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_entries_unrated
  FROM core.fct_cost_allocations AS t1
) AS t0
GROUP BY
  metric_time__month
-- version 1
