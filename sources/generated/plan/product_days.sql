-- one row per product and day: how much more it is used per visit than at first, because of its releases
with
    products as (select * from products),

    releases as (select * from releases),

    days as (select (first_day() + range::integer)::date as day from range(0, last_day_known() - first_day() + 1)),

    moved as (
        select products.k as product_k, days.day, coalesce(sum(releases.usage_effect), 0.0)::double as usage_shift
        from products
        cross join days
        left join releases on products.k = releases.product_k and releases.released_on < days.day
        group by products.k, days.day
    )

select
    *,
    (1 + usage_shift)
    * case month(day) when 12 then 1.25 when 11 then 1.15 when 8 then 0.85 else 1.0 end as usage_factor
from moved
