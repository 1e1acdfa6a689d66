WITH t2 AS (
  SELECT
    SUM(t3.__teams_trained) AS teams_trained,
    SUM(t3.__teams_standing) AS teams_standing
  FROM (
    SELECT
      DATE_TRUNC('DAY', quarter_date) AS quarter_date__day,
      1 AS __teams_standing,
      CASE WHEN is_trained THEN 1 ELSE 0 END AS __teams_trained
    FROM measures.msr_team_trainings AS t5
  ) AS t3
  INNER JOIN (
    SELECT
      MAX(DATE_TRUNC('DAY', quarter_date)) AS quarter_date__day__complete
    FROM measures.msr_team_trainings AS t5
  ) AS t4
    ON t3.quarter_date__day = t4.quarter_date__day__complete
)
SELECT
  MAX(t0.trained_share) AS trained_share,
  MAX(t1.teams_trained) AS teams_trained,
  MAX(t1.teams_standing) AS teams_standing
FROM (
  SELECT
    CAST(teams_trained AS DOUBLE) / CAST(NULLIF(teams_standing, 0) AS DOUBLE) AS trained_share
  FROM t2
) AS t0
CROSS JOIN (
  SELECT
    teams_trained,
    teams_standing
  FROM t2
) AS t1
-- version 1
