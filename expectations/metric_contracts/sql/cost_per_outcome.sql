WITH t2 AS (
  SELECT
    CASE WHEN is_measured THEN cost END AS __cost_of_outcomes,
    CASE WHEN is_measured THEN gain END AS __gain_of_outcomes,
    CASE WHEN is_measured THEN 0 ELSE 1 END AS __outcome_links_unmeasured,
    CASE WHEN is_measured THEN key_result_key END AS __outcomes_costed
  FROM measures.msr_outcome_costs AS t4
)
SELECT
  MAX(t0.cost_per_outcome) AS cost_per_outcome,
  MAX(t1.cost_of_outcomes) AS cost_of_outcomes,
  MAX(t1.gain_of_outcomes) AS gain_of_outcomes,
  MAX(t1.outcomes_costed) AS outcomes_costed,
  MAX(t1.outcome_links_unmeasured) AS outcome_links_unmeasured
FROM (
  SELECT
    CASE WHEN gained > 0 THEN spent / gained END AS cost_per_outcome
  FROM (
    SELECT
      SUM(__cost_of_outcomes) AS spent,
      SUM(__gain_of_outcomes) AS gained
    FROM t2
  ) AS t3
) AS t0
CROSS JOIN (
  SELECT
    SUM(__cost_of_outcomes) AS cost_of_outcomes,
    SUM(__gain_of_outcomes) AS gain_of_outcomes,
    COUNT(DISTINCT __outcomes_costed) AS outcomes_costed,
    SUM(__outcome_links_unmeasured) AS outcome_links_unmeasured
  FROM t2
) AS t1
-- version 1
