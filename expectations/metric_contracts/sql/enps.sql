SELECT
  metric_time__quarter,
  MAX(enps) AS enps,
  MAX(enps_respondents) AS enps_respondents
FROM (
  SELECT
    DATE_TRUNC('QUARTER', period_start_date) AS metric_time__quarter,
    survey_type AS employee_cell__survey_type,
    grain AS employee_cell__cell_grain,
    dimension_name AS employee_cell__dimension_name,
    score AS enps,
    respondents AS enps_respondents
  FROM core.fct_employee_survey_cells AS t1
) AS t0
WHERE
  (
    employee_cell__survey_type = 'enps'
  )
  AND (
    employee_cell__dimension_name = 'total'
  )
  AND (
    employee_cell__cell_grain = 'quarter'
  )
GROUP BY
  metric_time__quarter
-- version 1
