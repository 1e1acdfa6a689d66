WITH t5 AS (
  SELECT
    benefit_type AS benefit__benefit_type,
    scenario AS benefit__scenario,
    is_past AS benefit__is_past,
    benefit_reporting_amount AS __benefit_actual,
    CASE WHEN has_rate THEN 0 ELSE 1 END AS __benefits_unrated_actual,
    current_initiative_key AS __initiatives_benefiting
  FROM core.fct_benefits AS t14
), t6 AS (
  SELECT
    SUM(benefit_actual) AS gained
  FROM (
    SELECT
      benefit__benefit_type,
      benefit__scenario,
      benefit__is_past,
      __benefit_actual AS benefit_actual
    FROM t5
  ) AS t15
  WHERE
    benefit__scenario = 'actual'
    AND benefit__benefit_type = 'hard'
    AND benefit__is_past = TRUE
), t7 AS (
  SELECT
    is_of_benefiting_initiative AS cost_allocation__is_of_benefiting_initiative,
    allocated_reporting_amount AS __cost_of_benefiting,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_of_benefiting_unrated
  FROM core.fct_cost_allocations AS t16
), t8 AS (
  SELECT
    COALESCE(__cost_of_benefiting, 0) AS spent
  FROM (
    SELECT
      SUM(cost_of_benefiting) AS __cost_of_benefiting
    FROM (
      SELECT
        cost_allocation__is_of_benefiting_initiative,
        __cost_of_benefiting AS cost_of_benefiting
      FROM t7
    ) AS t25
    WHERE
      cost_allocation__is_of_benefiting_initiative = TRUE
  ) AS t17
)
SELECT
  MAX(t0.roi) AS roi,
  MAX(t1.net_benefit) AS net_benefit,
  COALESCE(MAX(t2.cost_of_benefiting), 0) AS cost_of_benefiting,
  MAX(t3.initiatives_benefiting) AS initiatives_benefiting,
  MAX(t4.roi_unrated) AS roi_unrated
FROM (
  SELECT
    CASE WHEN spent > 0 THEN (
      gained - spent
    ) / spent END AS roi
  FROM (
    SELECT
      MAX(t18.gained) AS gained,
      COALESCE(MAX(t19.spent), 0) AS spent
    FROM (
      SELECT
        gained
      FROM t6
    ) AS t18
    CROSS JOIN (
      SELECT
        spent
      FROM t8
    ) AS t19
  ) AS t9
) AS t0
CROSS JOIN (
  SELECT
    gained - spent AS net_benefit
  FROM (
    SELECT
      MAX(t20.gained) AS gained,
      COALESCE(MAX(t21.spent), 0) AS spent
    FROM (
      SELECT
        gained
      FROM t6
    ) AS t20
    CROSS JOIN (
      SELECT
        spent
      FROM t8
    ) AS t21
  ) AS t10
) AS t1
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
      FROM t7
    ) AS t22
    WHERE
      cost_allocation__is_of_benefiting_initiative = TRUE
  ) AS t11
) AS t2
CROSS JOIN (
  SELECT
    COUNT(DISTINCT initiatives_benefiting) AS initiatives_benefiting
  FROM (
    SELECT
      benefit__benefit_type,
      benefit__scenario,
      benefit__is_past,
      __initiatives_benefiting AS initiatives_benefiting
    FROM t5
  ) AS t12
  WHERE
    benefit__scenario = 'actual'
    AND benefit__benefit_type = 'hard'
    AND benefit__is_past = TRUE
) AS t3
CROSS JOIN (
  SELECT
    COALESCE(benefit_rows, 0) + COALESCE(cost_rows, 0) AS roi_unrated
  FROM (
    SELECT
      MAX(t23.benefit_rows) AS benefit_rows,
      MAX(t24.cost_rows) AS cost_rows
    FROM (
      SELECT
        SUM(benefits_unrated_actual) AS benefit_rows
      FROM (
        SELECT
          benefit__benefit_type,
          benefit__scenario,
          benefit__is_past,
          __benefits_unrated_actual AS benefits_unrated_actual
        FROM t5
      ) AS t26
      WHERE
        benefit__scenario = 'actual'
        AND benefit__benefit_type = 'hard'
        AND benefit__is_past = TRUE
    ) AS t23
    CROSS JOIN (
      SELECT
        SUM(cost_of_benefiting_unrated) AS cost_rows
      FROM (
        SELECT
          cost_allocation__is_of_benefiting_initiative,
          __cost_of_benefiting_unrated AS cost_of_benefiting_unrated
        FROM t7
      ) AS t27
      WHERE
        cost_allocation__is_of_benefiting_initiative = TRUE
    ) AS t24
  ) AS t13
) AS t4
-- version 1
