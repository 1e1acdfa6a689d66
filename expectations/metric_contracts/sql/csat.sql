WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', responded_date) AS metric_time__month,
    survey_type AS survey_response__survey_type,
    is_csat_answer AS survey_response__is_csat_answer,
    is_satisfied AS survey_response__is_satisfied,
    1 AS __csat_answers,
    1 AS __csat_answers_off_scale,
    respondent AS __csat_respondents,
    1 AS __csat_satisfied
  FROM intermediate.int_survey_answers AS t9
), t5 AS (
  SELECT
    metric_time__month,
    COALESCE(__csat_satisfied, 0) AS csat_satisfied
  FROM (
    SELECT
      metric_time__month,
      SUM(csat_satisfied) AS __csat_satisfied
    FROM (
      SELECT
        metric_time__month,
        survey_response__is_satisfied,
        __csat_satisfied AS csat_satisfied
      FROM t4
    ) AS t13
    WHERE
      survey_response__is_satisfied = TRUE
    GROUP BY
      metric_time__month
  ) AS t10
)
SELECT
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  ) AS metric_time__month,
  MAX(t0.csat) AS csat,
  COALESCE(MAX(t1.csat_satisfied), 0) AS csat_satisfied,
  MAX(t2.csat_answers) AS csat_answers,
  MAX(t2.csat_respondents) AS csat_respondents,
  MAX(t3.csat_answers_off_scale) AS csat_answers_off_scale
FROM (
  SELECT
    metric_time__month,
    CAST(csat_satisfied AS DOUBLE) / CAST(NULLIF(csat_answers, 0) AS DOUBLE) AS csat
  FROM (
    SELECT
      COALESCE(t11.metric_time__month, t12.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t11.csat_satisfied), 0) AS csat_satisfied,
      MAX(t12.csat_answers) AS csat_answers
    FROM (
      SELECT
        metric_time__month,
        csat_satisfied
      FROM t5
    ) AS t11
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        SUM(csat_answers) AS csat_answers
      FROM (
        SELECT
          metric_time__month,
          survey_response__is_csat_answer,
          __csat_answers AS csat_answers
        FROM t4
      ) AS t14
      WHERE
        survey_response__is_csat_answer = TRUE
      GROUP BY
        metric_time__month
    ) AS t12
      ON t11.metric_time__month = t12.metric_time__month
    GROUP BY
      COALESCE(t11.metric_time__month, t12.metric_time__month)
  ) AS t6
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    csat_satisfied
  FROM t5
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(csat_answers) AS csat_answers,
    COUNT(DISTINCT csat_respondents) AS csat_respondents
  FROM (
    SELECT
      metric_time__month,
      survey_response__is_csat_answer,
      __csat_answers AS csat_answers,
      __csat_respondents AS csat_respondents
    FROM t4
  ) AS t7
  WHERE
    survey_response__is_csat_answer = TRUE
  GROUP BY
    metric_time__month
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(csat_answers_off_scale) AS csat_answers_off_scale
  FROM (
    SELECT
      metric_time__month,
      survey_response__survey_type,
      survey_response__is_csat_answer,
      __csat_answers_off_scale AS csat_answers_off_scale
    FROM t4
  ) AS t8
  WHERE
    survey_response__survey_type = 'csat' AND survey_response__is_csat_answer = FALSE
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
