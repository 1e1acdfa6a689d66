WITH t2 AS (
  SELECT
    is_benefiting AS cash_flow__is_benefiting,
    CAST(actual_benefit AS DOUBLE) * discount_factor AS __benefit_present,
    actual_benefits_unrated + costs_unrated AS __cash_flows_unrated,
    CAST(cost AS DOUBLE) * discount_factor AS __cost_present,
    initiative_key AS __flowing_initiatives
  FROM measures.msr_cash_flows AS t5
)
SELECT
  MAX(t0.npv) AS npv,
  MAX(t1.flowing_initiatives) AS flowing_initiatives,
  MAX(t1.cash_flows_unrated) AS cash_flows_unrated
FROM (
  SELECT
    gained - spent AS npv
  FROM (
    SELECT
      SUM(benefit_present) AS gained,
      SUM(cost_present) AS spent
    FROM (
      SELECT
        cash_flow__is_benefiting,
        __benefit_present AS benefit_present,
        __cost_present AS cost_present
      FROM t2
    ) AS t6
    WHERE
      cash_flow__is_benefiting = TRUE
  ) AS t3
) AS t0
CROSS JOIN (
  SELECT
    COUNT(DISTINCT flowing_initiatives) AS flowing_initiatives,
    SUM(cash_flows_unrated) AS cash_flows_unrated
  FROM (
    SELECT
      cash_flow__is_benefiting,
      __cash_flows_unrated AS cash_flows_unrated,
      __flowing_initiatives AS flowing_initiatives
    FROM t2
  ) AS t4
  WHERE
    cash_flow__is_benefiting = TRUE
) AS t1
-- version 1
