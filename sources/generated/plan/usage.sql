-- one row per user, day and feature: up to 115 a user, two features a visit, visits some days apart, up to the last day
with
    products as (select * from products),

    product_days as (select * from product_days),

    counts as (select greatest(1, divide(getvariable('usage')::bigint, 50)) as users),

    shares as (
        select
            k,
            sunset_date,
            coalesce(sum(weight) over (order by k rows between unbounded preceding and 1 preceding), 0)
            / sum(weight) over () as from_share,
            sum(weight) over (order by k) / sum(weight) over () as to_share
        from products
    ),

    users as (
        select range as u, bits('user', range) as r
        from counts
        cross join range(getvariable('usage')::bigint)
        where range < counts.users
    ),

    placed as (
        select
            users.u,
            users.r,
            shares.k as product_k,
            share_of(second_of(users.r), 5, 115) as rows_of_user,
            least(last_day_known(), coalesce(shares.sunset_date, last_day_known())) as ends_on
        from users
        inner join shares on first_of(users.r) >= shares.from_share and first_of(users.r) < shares.to_share
    ),

    begun as (
        select *, (first_day() + floor(third_of(r) * (ends_on - first_day()))::integer)::date as begins_on from placed
    ),

    paced as (select *, 1 + pick('pace', u, 9) as gap from begun),

    visited as (
        select
            paced.u,
            paced.product_k,
            range as n,
            bits('visit', concat(paced.u, '-', range)) as rv,
            paced.begins_on,
            paced.ends_on,
            paced.gap
        from paced
        cross join lateral range(paced.rows_of_user)
    ),

    dated as (
        select
            u,
            product_k,
            ((u % 3) + n % 2 * 3) as feature_k,
            (begins_on + ((divide(n, 2)) * gap)::integer)::date as usage_date,
            rv
        from visited
        where (begins_on + ((divide(n, 2)) * gap)::integer)::date <= ends_on
    )

select
    dated.u,
    dated.product_k,
    dated.feature_k,
    dated.usage_date,
    floor(6 * product_days.usage_factor * (0.5 + first_of(rv)) + second_of(rv))::integer as events,
    case
        when third_of(rv) < 0.01
        then least(folder_after(dated.usage_date), last_day_known())
        else folder_of(dated.usage_date)
    end as folder,
    case
        when third_of(rv) > 0.998 and dated.usage_date < date '2026-04-01' then folder_after(dated.usage_date)
    end as again_in
from dated
inner join product_days on dated.product_k = product_days.product_k and dated.usage_date = product_days.day
