WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', responded_date) AS metric_time__month,
    survey_type AS survey_response__survey_type,
    is_ces_answer AS survey_response__is_ces_answer,
    is_easy AS survey_response__is_easy,
    1 AS __ces_answers,
    1 AS __ces_answers_off_scale,
    1 AS __ces_easy,
    respondent AS __ces_respondents
  FROM intermediate.int_survey_answers AS t9
), t5 AS (
  SELECT
    metric_time__month,
    COALESCE(__ces_easy, 0) AS ces_easy
  FROM (
    SELECT
      metric_time__month,
      SUM(ces_easy) AS __ces_easy
    FROM (
      SELECT
        metric_time__month,
        survey_response__is_easy,
        __ces_easy AS ces_easy
      FROM t4
    ) AS t13
    WHERE
      survey_response__is_easy = TRUE
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
  MAX(t0.ces) AS ces,
  COALESCE(MAX(t1.ces_easy), 0) AS ces_easy,
  MAX(t2.ces_answers) AS ces_answers,
  MAX(t2.ces_respondents) AS ces_respondents,
  MAX(t3.ces_answers_off_scale) AS ces_answers_off_scale
FROM (
  SELECT
    metric_time__month,
    CAST(ces_easy AS DOUBLE) / CAST(NULLIF(ces_answers, 0) AS DOUBLE) AS ces
  FROM (
    SELECT
      COALESCE(t11.metric_time__month, t12.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t11.ces_easy), 0) AS ces_easy,
      MAX(t12.ces_answers) AS ces_answers
    FROM (
      SELECT
        metric_time__month,
        ces_easy
      FROM t5
    ) AS t11
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        SUM(ces_answers) AS ces_answers
      FROM (
        SELECT
          metric_time__month,
          survey_response__is_ces_answer,
          __ces_answers AS ces_answers
        FROM t4
      ) AS t14
      WHERE
        survey_response__is_ces_answer = TRUE
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
    ces_easy
  FROM t5
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(ces_answers) AS ces_answers,
    COUNT(DISTINCT ces_respondents) AS ces_respondents
  FROM (
    SELECT
      metric_time__month,
      survey_response__is_ces_answer,
      __ces_answers AS ces_answers,
      __ces_respondents AS ces_respondents
    FROM t4
  ) AS t7
  WHERE
    survey_response__is_ces_answer = TRUE
  GROUP BY
    metric_time__month
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(ces_answers_off_scale) AS ces_answers_off_scale
  FROM (
    SELECT
      metric_time__month,
      survey_response__survey_type,
      survey_response__is_ces_answer,
      __ces_answers_off_scale AS ces_answers_off_scale
    FROM t4
  ) AS t8
  WHERE
    survey_response__survey_type = 'ces' AND survey_response__is_ces_answer = FALSE
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
