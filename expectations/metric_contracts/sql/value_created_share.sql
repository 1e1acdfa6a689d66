WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    CASE WHEN value_status = 'value created' THEN 1 ELSE 0 END AS __value_created,
    CASE WHEN is_judged THEN 1 ELSE 0 END AS __value_judged,
    CASE WHEN NOT delivery_date IS NULL AND NOT is_judged THEN 1 ELSE 0 END AS __value_unjudged
  FROM measures.msr_deliverable_value AS t3
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(CAST(t0.value_created AS DOUBLE) / CAST(NULLIF(t0.value_judged, 0) AS DOUBLE)) AS value_created_share,
  MAX(t1.value_created) AS value_created,
  MAX(t1.value_judged) AS value_judged,
  MAX(t1.value_unjudged) AS value_unjudged
FROM (
  SELECT
    metric_time__month,
    SUM(__value_created) AS value_created,
    SUM(__value_judged) AS value_judged
  FROM t2
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(__value_created) AS value_created,
    SUM(__value_judged) AS value_judged,
    SUM(__value_unjudged) AS value_unjudged
  FROM t2
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
