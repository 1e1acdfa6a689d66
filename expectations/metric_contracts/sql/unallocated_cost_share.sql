WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', posted_date) AS metric_time__month,
    allocation_rule AS cost_allocation__allocation_rule,
    deliverable_key > 0 AS cost_allocation__is_allocated,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_entries_unrated,
    CASE WHEN NOT allocated_reporting_amount IS NULL THEN ledger_entry_key END AS __cost_entries_without_overhead,
    allocated_reporting_amount AS __cost_unallocated,
    allocated_reporting_amount AS __cost_without_overhead
  FROM core.fct_cost_allocations AS t8
)
SELECT
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  ) AS metric_time__month,
  MAX(t0.unallocated_cost_share) AS unallocated_cost_share,
  COALESCE(MAX(t1.cost_unallocated), 0) AS cost_unallocated,
  MAX(t2.cost_without_overhead) AS cost_without_overhead,
  MAX(t2.cost_entries_without_overhead) AS cost_entries_without_overhead,
  MAX(t3.cost_entries_unrated) AS cost_entries_unrated
FROM (
  SELECT
    metric_time__month,
    CASE WHEN spent > 0 THEN left_over / spent END AS unallocated_cost_share
  FROM (
    SELECT
      COALESCE(t9.metric_time__month, t10.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t9.left_over), 0) AS left_over,
      MAX(t10.spent) AS spent
    FROM (
      SELECT
        metric_time__month,
        COALESCE(__cost_unallocated, 0) AS left_over
      FROM (
        SELECT
          metric_time__month,
          SUM(cost_unallocated) AS __cost_unallocated
        FROM (
          SELECT
            metric_time__month,
            cost_allocation__allocation_rule,
            cost_allocation__is_allocated,
            __cost_unallocated AS cost_unallocated
          FROM t4
        ) AS t14
        WHERE
          cost_allocation__allocation_rule <> 'overhead'
          AND cost_allocation__is_allocated = FALSE
        GROUP BY
          metric_time__month
      ) AS t12
    ) AS t9
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        SUM(cost_without_overhead) AS spent
      FROM (
        SELECT
          metric_time__month,
          cost_allocation__allocation_rule,
          __cost_without_overhead AS cost_without_overhead
        FROM t4
      ) AS t13
      WHERE
        cost_allocation__allocation_rule <> 'overhead'
      GROUP BY
        metric_time__month
    ) AS t10
      ON t9.metric_time__month = t10.metric_time__month
    GROUP BY
      COALESCE(t9.metric_time__month, t10.metric_time__month)
  ) AS t5
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    COALESCE(__cost_unallocated, 0) AS cost_unallocated
  FROM (
    SELECT
      metric_time__month,
      SUM(cost_unallocated) AS __cost_unallocated
    FROM (
      SELECT
        metric_time__month,
        cost_allocation__allocation_rule,
        cost_allocation__is_allocated,
        __cost_unallocated AS cost_unallocated
      FROM t4
    ) AS t11
    WHERE
      cost_allocation__allocation_rule <> 'overhead'
      AND cost_allocation__is_allocated = FALSE
    GROUP BY
      metric_time__month
  ) AS t6
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(cost_without_overhead) AS cost_without_overhead,
    COUNT(DISTINCT cost_entries_without_overhead) AS cost_entries_without_overhead
  FROM (
    SELECT
      metric_time__month,
      cost_allocation__allocation_rule,
      __cost_entries_without_overhead AS cost_entries_without_overhead,
      __cost_without_overhead AS cost_without_overhead
    FROM t4
  ) AS t7
  WHERE
    cost_allocation__allocation_rule <> 'overhead'
  GROUP BY
    metric_time__month
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__cost_entries_unrated) AS cost_entries_unrated
  FROM t4
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
