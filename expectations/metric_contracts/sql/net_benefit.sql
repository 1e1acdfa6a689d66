WITH t3 AS (
  SELECT
    benefit_type AS benefit__benefit_type,
    scenario AS benefit__scenario,
    is_past AS benefit__is_past,
    benefit_reporting_amount AS __benefit_actual,
    CASE WHEN has_rate THEN 0 ELSE 1 END AS __benefits_unrated_actual,
    current_initiative_key AS __initiatives_benefiting
  FROM core.fct_benefits AS t8
), t4 AS (
  SELECT
    is_of_benefiting_initiative AS cost_allocation__is_of_benefiting_initiative,
    allocated_reporting_amount AS __cost_of_benefiting,
    CASE WHEN allocated_reporting_amount IS NULL THEN 1 ELSE 0 END AS __cost_of_benefiting_unrated
  FROM core.fct_cost_allocations AS t9
)
SELECT
  MAX(t0.net_benefit) AS net_benefit,
  MAX(t1.initiatives_benefiting) AS initiatives_benefiting,
  MAX(t2.roi_unrated) AS roi_unrated
FROM (
  SELECT
    gained - spent AS net_benefit
  FROM (
    SELECT
      MAX(t10.gained) AS gained,
      COALESCE(MAX(t11.spent), 0) AS spent
    FROM (
      SELECT
        SUM(benefit_actual) AS gained
      FROM (
        SELECT
          benefit__benefit_type,
          benefit__scenario,
          benefit__is_past,
          __benefit_actual AS benefit_actual
        FROM t3
      ) AS t14
      WHERE
        benefit__scenario = 'actual'
        AND benefit__benefit_type = 'hard'
        AND benefit__is_past = TRUE
    ) AS t10
    CROSS JOIN (
      SELECT
        COALESCE(__cost_of_benefiting, 0) AS spent
      FROM (
        SELECT
          SUM(cost_of_benefiting) AS __cost_of_benefiting
        FROM (
          SELECT
            cost_allocation__is_of_benefiting_initiative,
            __cost_of_benefiting AS cost_of_benefiting
          FROM t4
        ) AS t18
        WHERE
          cost_allocation__is_of_benefiting_initiative = TRUE
      ) AS t15
    ) AS t11
  ) AS t5
) AS t0
CROSS JOIN (
  SELECT
    COUNT(DISTINCT initiatives_benefiting) AS initiatives_benefiting
  FROM (
    SELECT
      benefit__benefit_type,
      benefit__scenario,
      benefit__is_past,
      __initiatives_benefiting AS initiatives_benefiting
    FROM t3
  ) AS t6
  WHERE
    benefit__scenario = 'actual'
    AND benefit__benefit_type = 'hard'
    AND benefit__is_past = TRUE
) AS t1
CROSS JOIN (
  SELECT
    COALESCE(benefit_rows, 0) + COALESCE(cost_rows, 0) AS roi_unrated
  FROM (
    SELECT
      MAX(t12.benefit_rows) AS benefit_rows,
      MAX(t13.cost_rows) AS cost_rows
    FROM (
      SELECT
        SUM(benefits_unrated_actual) AS benefit_rows
      FROM (
        SELECT
          benefit__benefit_type,
          benefit__scenario,
          benefit__is_past,
          __benefits_unrated_actual AS benefits_unrated_actual
        FROM t3
      ) AS t16
      WHERE
        benefit__scenario = 'actual'
        AND benefit__benefit_type = 'hard'
        AND benefit__is_past = TRUE
    ) AS t12
    CROSS JOIN (
      SELECT
        SUM(cost_of_benefiting_unrated) AS cost_rows
      FROM (
        SELECT
          cost_allocation__is_of_benefiting_initiative,
          __cost_of_benefiting_unrated AS cost_of_benefiting_unrated
        FROM t4
      ) AS t17
      WHERE
        cost_allocation__is_of_benefiting_initiative = TRUE
    ) AS t13
  ) AS t7
) AS t2
-- version 1
