WITH t2 AS (
  SELECT
    DATE_TRUNC('MONTH', month_start_date) AS metric_time__month,
    dimension_name AS ticket_month__dimension_name,
    CASE WHEN active_users IS NULL THEN tickets ELSE 0 END AS __tickets_of_no_users,
    CASE WHEN NOT active_users IS NULL THEN tickets END AS __tickets_of_users,
    active_users AS __users_of_tickets
  FROM measures.msr_ticket_months AS t5
)
SELECT
  COALESCE(t0.metric_time__month, t1.metric_time__month) AS metric_time__month,
  MAX(t0.tickets_per_100_active) AS tickets_per_100_active,
  MAX(t1.tickets_of_users) AS tickets_of_users,
  MAX(t1.users_of_tickets) AS users_of_tickets,
  MAX(t1.tickets_of_no_users) AS tickets_of_no_users
FROM (
  SELECT
    metric_time__month,
    100.0 * tickets / NULLIF(users, 0) AS tickets_per_100_active
  FROM (
    SELECT
      metric_time__month,
      SUM(tickets_of_users) AS tickets,
      SUM(users_of_tickets) AS users
    FROM (
      SELECT
        metric_time__month,
        ticket_month__dimension_name,
        __tickets_of_users AS tickets_of_users,
        __users_of_tickets AS users_of_tickets
      FROM t2
    ) AS t6
    WHERE
      ticket_month__dimension_name = 'total'
    GROUP BY
      metric_time__month
  ) AS t3
) AS t0
FULL OUTER JOIN (
  SELECT
    metric_time__month,
    SUM(tickets_of_users) AS tickets_of_users,
    SUM(users_of_tickets) AS users_of_tickets,
    SUM(tickets_of_no_users) AS tickets_of_no_users
  FROM (
    SELECT
      metric_time__month,
      ticket_month__dimension_name,
      __tickets_of_no_users AS tickets_of_no_users,
      __tickets_of_users AS tickets_of_users,
      __users_of_tickets AS users_of_tickets
    FROM t2
  ) AS t4
  WHERE
    ticket_month__dimension_name = 'total'
  GROUP BY
    metric_time__month
) AS t1
  ON t0.metric_time__month = t1.metric_time__month
GROUP BY
  COALESCE(t0.metric_time__month, t1.metric_time__month)
-- version 1
