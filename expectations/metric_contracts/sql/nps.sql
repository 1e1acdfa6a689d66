WITH t3 AS (
  SELECT
    DATE_TRUNC('MONTH', responded_date) AS metric_time__month,
    survey_type AS survey_response__survey_type,
    is_nps_answer AS survey_response__is_nps_answer,
    1 AS __nps_answers,
    1 AS __nps_answers_off_scale,
    CASE WHEN is_promoter THEN 1 WHEN is_detractor THEN -1 ELSE 0 END AS __nps_balance,
    respondent AS __nps_respondents
  FROM intermediate.int_survey_answers AS t7
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month, t2.metric_time__month) AS metric_time__month,
  MAX(t0.nps) AS nps,
  MAX(t1.nps_balance) AS nps_balance,
  MAX(t1.nps_answers) AS nps_answers,
  MAX(t1.nps_respondents) AS nps_respondents,
  MAX(t2.nps_answers_off_scale) AS nps_answers_off_scale
FROM (
  SELECT
    metric_time__month,
    100.0 * balance / total AS nps
  FROM (
    SELECT
      metric_time__month,
      SUM(nps_balance) AS balance,
      SUM(nps_answers) AS total
    FROM (
      SELECT
        metric_time__month,
        survey_response__is_nps_answer,
        __nps_answers AS nps_answers,
        __nps_balance AS nps_balance
      FROM t3
    ) AS t8
    WHERE
      survey_response__is_nps_answer = TRUE
    GROUP BY
      metric_time__month
  ) AS t4
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(nps_balance) AS nps_balance,
    SUM(nps_answers) AS nps_answers,
    COUNT(DISTINCT nps_respondents) AS nps_respondents
  FROM (
    SELECT
      metric_time__month,
      survey_response__is_nps_answer,
      __nps_answers AS nps_answers,
      __nps_balance AS nps_balance,
      __nps_respondents AS nps_respondents
    FROM t3
  ) AS t5
  WHERE
    survey_response__is_nps_answer = TRUE
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(nps_answers_off_scale) AS nps_answers_off_scale
  FROM (
    SELECT
      metric_time__month,
      survey_response__survey_type,
      survey_response__is_nps_answer,
      __nps_answers_off_scale AS nps_answers_off_scale
    FROM t3
  ) AS t6
  WHERE
    survey_response__survey_type = 'nps' AND survey_response__is_nps_answer = FALSE
  GROUP BY
    metric_time__month
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month, t2.metric_time__month)
-- version 1
