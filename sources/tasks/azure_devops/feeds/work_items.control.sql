select 'count(*)' as measure, count(*) as expected
from (select id, arg_max(fields ->> '$."System.TeamProject"', rev::bigint) as project from raw.revisions group by id)
where len(getvariable('projects')) = 0 or list_contains(getvariable('projects'), project)
