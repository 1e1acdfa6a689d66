WITH t3 AS (
  SELECT
    is_of_benefiting_initiative AS cost_allocation__is_of_benefiting_initiative,
    allocated_reporting_amount AS __cost,
    CASE WHEN NOT allocated_reporting_amount IS NULL THEN ledger_entry_key END AS __cost_entries,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_entries_unrated,
    allocated_reporting_amount AS __cost_of_benefiting
  FROM core.fct_cost_allocations AS t6
)
SELECT
  MAX(t0.covered_cost_share) AS covered_cost_share,
  COALESCE(MAX(t1.cost_of_benefiting), 0) AS cost_of_benefiting,
  MAX(t2.cost) AS cost,
  MAX(t2.cost_entries) AS cost_entries,
  MAX(t2.cost_entries_unrated) AS cost_entries_unrated
FROM (
  SELECT
    CASE WHEN spent > 0 THEN covered / spent END AS covered_cost_share
  FROM (
    SELECT
      COALESCE(MAX(t7.covered), 0) AS covered,
      MAX(t8.spent) AS spent
    FROM (
      SELECT
        COALESCE(__cost_of_benefiting, 0) AS covered
      FROM (
        SELECT
          SUM(cost_of_benefiting) AS __cost_of_benefiting
        FROM (
          SELECT
            cost_allocation__is_of_benefiting_initiative,
            __cost_of_benefiting AS cost_of_benefiting
          FROM t3
        ) AS t11
        WHERE
          cost_allocation__is_of_benefiting_initiative = TRUE
      ) AS t10
    ) AS t7
    CROSS JOIN (
      SELECT
        SUM(__cost) AS spent
      FROM t3
    ) AS t8
  ) AS t4
) AS t0
CROSS JOIN (
  SELECT
    COALESCE(__cost_of_benefiting, 0) AS cost_of_benefiting
  FROM (
    SELECT
      SUM(cost_of_benefiting) AS __cost_of_benefiting
    FROM (
      SELECT
        cost_allocation__is_of_benefiting_initiative,
        __cost_of_benefiting AS cost_of_benefiting
      FROM t3
    ) AS t9
    WHERE
      cost_allocation__is_of_benefiting_initiative = TRUE
  ) AS t5
) AS t1
CROSS JOIN (
  SELECT
    SUM(__cost) AS cost,
    COUNT(DISTINCT __cost_entries) AS cost_entries,
    SUM(__cost_entries_unrated) AS cost_entries_unrated
  FROM t3
) AS t2
-- version 1
