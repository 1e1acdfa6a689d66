-- one row per status of the tracker, each with items in it at the end: since when it is called so, and what before
with
    names(status, called_since, called_before) as (
        values
            ('Backlog', null::date, null::varchar),
            ('Ready', null, null),
            ('Doing', date '2025-01-01', 'In Progress'),
            ('In Review', null, null),
            ('Blocked', null, null),
            ('Done', null, null),
            ('Released', null, null),
            ('Cancelled', null, null)
    )

select *
from names
order by status
