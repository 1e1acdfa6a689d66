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

    -- where each is named first: among the grants if it is there
    first_named as (
        select "Category" as name, min(_record) as first_record, true as is_of_grants
        from raw.grants
        where "Category" is not null
        group by "Category"
        union all
        select "Category" as name, min(_record) as first_record, false as is_of_grants
        from raw.projects
        where "Category" not in (select "Category" from raw.grants where "Category" is not null)
        group by "Category"
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
        select 'count(*) filter (where contains(_file, ''grant''))', count(*) filter (where is_of_grants)
        from first_named
        union all
        select 'sum(_record)', sum(first_record)
        from first_named
        union all
        select
            format('count(*) filter (where product_id = ''{}'')', replace(replace(lower(name), ' ', '_'), '-', '_')), 1
        from categories
    )

select *
from figures
