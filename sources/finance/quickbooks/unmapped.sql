-- classes and departments of postings that are neither a team, an initiative nor a product
with
    members as (
        select unnest(["row" ->> '$.klass_name.value', "row" ->> '$.dept_name.value']) as name from raw.postings
    )
select 'teams, initiatives, products' as setting, name, count(*) as occurrences
from members
where
    coalesce(getvariable('teams')[name], getvariable('initiatives')[name], getvariable('products')[name]) is null
    and coalesce(name, '') <> ''
group by name
