with
    categories as (
        select "Category" as name
        from raw.grants
        where "Category" is not null
        union
        select "Category" as name
        from raw.projects
        where "Category" is not null
    ),

    figures as (
        select 'count(*)' as measure, count(*) as expected
        from categories
        union all
        select 'count(distinct product_id)', count(*)
        from categories
        union all
        select 'sum(length(name))', sum(length(name))
        from categories
        union all
        select
            format('count(*) filter (where product_id = ''{}'')', replace(replace(lower(name), ' ', '_'), '-', '_')), 1
        from categories
    )

select *
from figures
