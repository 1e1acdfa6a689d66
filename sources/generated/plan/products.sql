-- one row per product: when it ends, how much of the asking and use it has, and the NPS that it began with
with
    numbered as (select range as k from range(getvariable('products')::bigint)),

    names(n, product_name, nps_base, weight) as (
        values
            (0, 'Checkout', -20, 20),
            (1, 'Storefront', 22, 3),
            (2, 'Search', 12, 2),
            (3, 'Insights', 30, 2),
            (4, 'Payments', 5, 2),
            (5, 'Loyalty Cards', 0, 1)
    )

select
    k,
    format('PRD-{:02d}', k + 1) as product_id,
    product_name || case when k >= 6 then ' ' || (divide(k, 6) + 1) else '' end as product_name,
    case when n = 3 then product_name || ' Pro' else product_name end
    || case when k >= 6 then ' ' || (divide(k, 6) + 1) else '' end as later_name,
    case when n = 2 then format('PRD-{:02d}', k) end as parent_product_id,
    case when n = 5 then date '2025-08-31' end as sunset_date,
    nps_base,
    weight
from numbered
inner join names on k % 6 = n
