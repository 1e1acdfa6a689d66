WITH t2 AS (
  SELECT
    measure AS pilot_uplift__measure,
    teams_on_smaller_side AS __pilot_teams_compared,
    teams_left_out AS __pilot_teams_left_out,
    uplift AS __pilot_uplift_nps
  FROM intermediate.int_pilot_uplifts AS t5
)
SELECT
  MAX(t0.pilot_uplift_nps) AS pilot_uplift_nps,
  MAX(t1.pilot_teams_compared) AS pilot_teams_compared,
  MAX(t1.pilot_teams_left_out) AS pilot_teams_left_out
FROM (
  SELECT
    MAX(pilot_uplift_nps) AS pilot_uplift_nps
  FROM (
    SELECT
      pilot_uplift__measure,
      __pilot_uplift_nps AS pilot_uplift_nps
    FROM t2
  ) AS t3
  WHERE
    pilot_uplift__measure = 'nps'
) AS t0
CROSS JOIN (
  SELECT
    MAX(pilot_teams_compared) AS pilot_teams_compared,
    MAX(pilot_teams_left_out) AS pilot_teams_left_out
  FROM (
    SELECT
      pilot_uplift__measure,
      __pilot_teams_compared AS pilot_teams_compared,
      __pilot_teams_left_out AS pilot_teams_left_out
    FROM t2
  ) AS t4
  WHERE
    pilot_uplift__measure = 'nps'
) AS t1
-- version 1
