with
    categories as (
        select "Category" as name, _file, _record
        from raw.grants
        union all
        select "Category" as name, _file, _record
        from raw.projects
    ),

    ranked as (select *, row_number() over (partition by name order by _file, _record) as nth from categories),

    products as (
        select
            trim(regexp_replace(lower(name), '[^a-z0-9]+', '_', 'g'), '_') as product_id,
            name,
            _file,
            _record,
            case when name is null then 'no category' when nth > 1 then 'merged' end as _excluded
        from ranked
    )

select *
from products
