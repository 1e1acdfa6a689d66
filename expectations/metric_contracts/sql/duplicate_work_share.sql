WITH t2 AS (
  SELECT
    CASE WHEN NOT resolution IS NULL THEN 1 END AS __work_closed,
    CASE WHEN resolution = 'duplicate' THEN 1 ELSE 0 END AS __work_closed_as_duplicate,
    CASE WHEN resolution IS NULL THEN 1 ELSE 0 END AS __work_closed_unexplained
  FROM measures.msr_closed_work AS t3
)
SELECT
  MAX(t0.duplicate_work_share) AS duplicate_work_share,
  MAX(t1.work_closed_as_duplicate) AS work_closed_as_duplicate,
  MAX(t1.work_closed) AS work_closed,
  MAX(t1.work_closed_unexplained) AS work_closed_unexplained
FROM (
  SELECT
    CAST(SUM(__work_closed_as_duplicate) AS DOUBLE) / CAST(NULLIF(SUM(__work_closed), 0) AS DOUBLE) AS duplicate_work_share
  FROM t2
) AS t0
CROSS JOIN (
  SELECT
    SUM(__work_closed_as_duplicate) AS work_closed_as_duplicate,
    SUM(__work_closed) AS work_closed,
    SUM(__work_closed_unexplained) AS work_closed_unexplained
  FROM t2
) AS t1
-- version 1
