WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', delivery_date) AS metric_time__month,
    is_delivered AS deliverable__is_delivered,
    CASE WHEN NOT contributor_teams IS NULL THEN 1 ELSE 0 END AS __deliverables_of_known_teams,
    CASE WHEN contributor_teams >= 2 THEN 1 ELSE 0 END AS __deliverables_of_several_teams,
    CASE WHEN contributor_teams IS NULL THEN 1 ELSE 0 END AS __deliverables_of_unknown_teams
  FROM core.fct_deliverables AS t5
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(
    CAST(t0.deliverables_of_several_teams AS DOUBLE) / CAST(NULLIF(t0.deliverables_of_known_teams, 0) AS DOUBLE)
  ) AS cross_team_share,
  MAX(t1.deliverables_of_several_teams) AS deliverables_of_several_teams,
  MAX(t1.deliverables_of_known_teams) AS deliverables_of_known_teams,
  MAX(t1.deliverables_of_unknown_teams) AS deliverables_of_unknown_teams
FROM (
  SELECT
    metric_time__month,
    SUM(deliverables_of_several_teams) AS deliverables_of_several_teams,
    SUM(deliverables_of_known_teams) AS deliverables_of_known_teams
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __deliverables_of_known_teams AS deliverables_of_known_teams,
      __deliverables_of_several_teams AS deliverables_of_several_teams
    FROM t2
  ) AS t3
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(deliverables_of_several_teams) AS deliverables_of_several_teams,
    SUM(deliverables_of_known_teams) AS deliverables_of_known_teams,
    SUM(deliverables_of_unknown_teams) AS deliverables_of_unknown_teams
  FROM (
    SELECT
      metric_time__month,
      deliverable__is_delivered,
      __deliverables_of_known_teams AS deliverables_of_known_teams,
      __deliverables_of_several_teams AS deliverables_of_several_teams,
      __deliverables_of_unknown_teams AS deliverables_of_unknown_teams
    FROM t2
  ) AS t4
  WHERE
    deliverable__is_delivered = TRUE
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 2
