WITH t4 AS (
  SELECT
    DATE_TRUNC('MONTH', responded_date) AS metric_time__month,
    survey_type AS survey_response__survey_type,
    is_approval_answer AS survey_response__is_approval_answer,
    is_approval AS survey_response__is_approval,
    1 AS __approval_answers,
    1 AS __approval_answers_other,
    1 AS __approvals
  FROM intermediate.int_survey_answers AS t9
), t5 AS (
  SELECT
    metric_time__month,
    COALESCE(__approvals, 0) AS approvals
  FROM (
    SELECT
      metric_time__month,
      SUM(approvals) AS __approvals
    FROM (
      SELECT
        metric_time__month,
        survey_response__is_approval,
        __approvals AS approvals
      FROM t4
    ) AS t14
    WHERE
      survey_response__is_approval = TRUE
    GROUP BY
      metric_time__month
  ) AS t10
), t6 AS (
  SELECT
    metric_time__month,
    SUM(approval_answers) AS approval_answers
  FROM (
    SELECT
      metric_time__month,
      survey_response__is_approval_answer,
      __approval_answers AS approval_answers
    FROM t4
  ) AS t11
  WHERE
    survey_response__is_approval_answer = TRUE
  GROUP BY
    metric_time__month
)
SELECT
  COALESCE(
    t0.metric_time__month,
    t1.metric_time__month,
    t2.metric_time__month,
    t3.metric_time__month
  ) AS metric_time__month,
  MAX(t0.approval_rate) AS approval_rate,
  COALESCE(MAX(t1.approvals), 0) AS approvals,
  MAX(t2.approval_answers) AS approval_answers,
  MAX(t3.approval_answers_other) AS approval_answers_other
FROM (
  SELECT
    metric_time__month,
    CAST(approvals AS DOUBLE) / CAST(NULLIF(approval_answers, 0) AS DOUBLE) AS approval_rate
  FROM (
    SELECT
      COALESCE(t12.metric_time__month, t13.metric_time__month) AS metric_time__month,
      COALESCE(MAX(t12.approvals), 0) AS approvals,
      MAX(t13.approval_answers) AS approval_answers
    FROM (
      SELECT
        metric_time__month,
        approvals
      FROM t5
    ) AS t12
    FULL OUTER JOIN (
      SELECT
        metric_time__month,
        approval_answers
      FROM t6
    ) AS t13
      ON t12.metric_time__month = t13.metric_time__month
    GROUP BY
      COALESCE(t12.metric_time__month, t13.metric_time__month)
  ) AS t7
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    approvals
  FROM t5
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    approval_answers
  FROM t6
) AS t2
  ON COALESCE(t0.metric_time__month, t1.metric_time__month) = t2.metric_time__month
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(approval_answers_other) AS approval_answers_other
  FROM (
    SELECT
      metric_time__month,
      survey_response__survey_type,
      survey_response__is_approval_answer,
      __approval_answers_other AS approval_answers_other
    FROM t4
  ) AS t8
  WHERE
    survey_response__survey_type = 'approval'
    AND survey_response__is_approval_answer = FALSE
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
