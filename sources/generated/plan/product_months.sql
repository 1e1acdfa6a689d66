-- one row per product and month: the NPS and satisfaction after its releases; an effect shows from the month after its
-- release
with
    products as (select * from products),

    releases as (select * from releases),

    months as (select range as m, (first_day() + to_months(range::integer))::date as month from range(36)),

    living as (
        select products.*, months.m, months.month
        from products
        cross join months
        where months.month < coalesce(products.sunset_date, date '9999-12-31')
    ),

    moved as (
        select
            living.k,
            living.m,
            coalesce(sum(releases.nps_effect), 0) as nps_shift,
            coalesce(sum(releases.csat_effect), 0.0) as csat_shift
        from living
        left join releases on living.k = releases.product_k and last_day(releases.released_on) < living.month
        group by living.k, living.m
    )

select
    living.k as product_k,
    living.product_id,
    living.m,
    living.month,
    living.weight,
    least(75, greatest(-60, living.nps_base + moved.nps_shift)) as nps_level,
    least(0.95, greatest(0.3, 0.66 + moved.csat_shift))::double as satisfied_share,
    case month(living.month) when 12 then 1.3 when 11 then 1.2 when 7 then 0.9 when 8 then 0.8 else 1.0 end as season
from living
inner join moved on living.k = moved.k and living.m = moved.m
