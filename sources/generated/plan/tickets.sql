-- one row per support ticket, in its final version
with
    products as (select * from products),

    counts as (select count(*) as customers from customers),

    numbered as (
        select range as k, bits('ticket', range) as r, bits('ticket times', range) as r2
        from range(getvariable('tickets')::bigint)
    ),

    placed as (
        select
            numbered.*,
            case when first_of(r) < 0.5 then 0 else 1 + floor((first_of(r) - 0.5) * 8)::bigint end as product_k,
            -- more of them in the weeks before Christmas
            (
                first_day() + case
                    when second_of(r) < 0.1
                    then 140 + 365 * floor(third_of(r) * 3)::integer + floor(second_of(r) * 300)::integer
                    else floor(third_of(r) * 1096)::integer
                end
            )::date as opened_on,
            floor(first_of(r2) * counts.customers)::bigint as customer_k
        from numbered
        cross join counts
    ),

    opened as (select *, at_work(opened_on, concat('ticket', k)) as opened_at from placed),

    answered as (
        select *, opened_at + to_seconds((900 + 40 * 3600 * second_of(r2) * second_of(r2))::bigint) as first_response_at
        from opened
    )

select
    k,
    format('TCK-{:07d}', k + 1) as ticket_id,
    case when k % 997 = 5 then null else customer_k end as customer_k,
    k % 997 = 5 as is_of_nobody_known,
    product_k,
    opened_at,
    first_response_at,
    case
        when third_of(r2) < 0.96
        then first_response_at + to_seconds((3600 + 260 * 3600 * third_of(r2) * third_of(r2))::bigint)
    end as solved_at,
    third_of(r2) between 0.1 and 0.16 as is_reopened,
    (['low', 'normal', 'high', 'urgent'])[1 + floor(second_of(r2) * 4)::bigint] as severity,
    (['mail', 'chat', 'phone', 'form'])[1 + k % 4] as channel
from answered
where opened_on <= last_day_known()
