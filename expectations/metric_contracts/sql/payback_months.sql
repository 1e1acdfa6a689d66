SELECT
  MAX(payback_months) AS payback_months,
  SUM(initiatives_judged) AS initiatives_judged
FROM (
  SELECT
    level AS payback__level,
    initiatives AS initiatives_judged,
    payback_months
  FROM measures.msr_paybacks AS t1
) AS t0
WHERE
  payback__level = 'total'
-- version 1
