WITH t2 AS (
  SELECT
    is_planned AS cash_flow__is_planned,
    cost AS __cost_of_plans,
    initiative_key AS __initiatives_planned,
    planned_benefit AS __planned_benefit_of_plans,
    planned_benefits_unrated + costs_unrated AS __plans_unrated
  FROM measures.msr_cash_flows AS t5
)
SELECT
  MAX(t0.roi_planned) AS roi_planned,
  MAX(t0.planned_gain) AS planned_gain,
  MAX(t1.cost_of_plans) AS cost_of_plans,
  MAX(t1.initiatives_planned) AS initiatives_planned,
  MAX(t1.plans_unrated) AS plans_unrated
FROM (
  SELECT
    CASE WHEN spent > 0 THEN (
      planned - spent
    ) / spent END AS roi_planned,
    planned - spent AS planned_gain
  FROM (
    SELECT
      SUM(planned_benefit_of_plans) AS planned,
      SUM(cost_of_plans) AS spent
    FROM (
      SELECT
        cash_flow__is_planned,
        __cost_of_plans AS cost_of_plans,
        __planned_benefit_of_plans AS planned_benefit_of_plans
      FROM t2
    ) AS t6
    WHERE
      cash_flow__is_planned = TRUE
  ) AS t3
) AS t0
CROSS JOIN (
  SELECT
    SUM(cost_of_plans) AS cost_of_plans,
    COUNT(DISTINCT initiatives_planned) AS initiatives_planned,
    SUM(plans_unrated) AS plans_unrated
  FROM (
    SELECT
      cash_flow__is_planned,
      __cost_of_plans AS cost_of_plans,
      __initiatives_planned AS initiatives_planned,
      __plans_unrated AS plans_unrated
    FROM t2
  ) AS t4
  WHERE
    cash_flow__is_planned = TRUE
) AS t1
-- version 1
