-- tracking options of journal lines that are neither a team, an initiative nor a product
with
    journals as (
        select * from raw.journals qualify row_number() over (partition by journalid order by _record desc) = 1
    ),
    lines as (select unnest(from_json(journallines, '["json"]')) as entry from journals),
    options as (select unnest(from_json(entry -> 'TrackingCategories', '["json"]')) ->> '$.Option' as name from lines)
select 'teams, initiatives, products' as setting, name, count(*) as occurrences
from options
where
    coalesce(getvariable('teams')[name], getvariable('initiatives')[name], getvariable('products')[name]) is null
    and name is not null
group by name
