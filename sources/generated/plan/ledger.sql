-- one row per ledger entry in its final version, with what it belongs to, when it was exported and later changes
with
    items as (select * from started_items),

    initiative_items as (
        select row_number() over (order by n) - 1 as m, * exclude (n) from items where initiative_id is not null
    ),

    products as (select * from products),

    counts as (
        select
            (select count(*) from items) as items,
            (select count(*) from initiative_items) as initiative_items,
            getvariable('teams')::bigint as teams,
            getvariable('customers')::bigint as customers
    ),

    -- one in 25 is an accrual, which brings its reversal with it
    numbered as (
        select
            range as k,
            range % 25 = 24 as is_accrual,
            bits('ledger', range) as r,
            bits('ledger what', range) as r2,
            bits('ledger when', range) as r3,
            counts.*
        from range(divide(getvariable('ledger')::bigint * 25, 26))
        cross join counts
    ),

    kinds as (
        select
            *,
            case
                when is_accrual
                then 'accrual'
                when first_of(r) < 0.30
                then 'labour of an item'
                when first_of(r) < 0.36
                then 'labour of a team'
                when first_of(r) < 0.52
                then 'contractor of an initiative'
                when first_of(r) < 0.60
                then 'invoice of an item'
                when first_of(r) < 0.66
                then 'cloud of a product'
                when first_of(r) < 0.74
                then 'overhead'
                when first_of(r) < 0.76
                then 'credit note'
                when first_of(r) < 0.955
                then 'revenue'
                when first_of(r) < 0.98
                then 'refund'
                else 'transfer'
            end as kind
        from numbered
    ),

    -- numbers to join by: a condition on the kind in the join itself would compare each entry with each item
    aimed as (
        select
            *,
            case
                when kind in ('labour of an item', 'invoice of an item') then floor(second_of(r) * items)::bigint
            end as item_n,
            case
                when kind in ('contractor of an initiative', 'credit note', 'accrual')
                then floor(second_of(r) * initiative_items)::bigint
            end as initiative_item_m
        from kinds
    ),

    drawn as (
        select
            aimed.*,
            coalesce(items.work_item_id, initiative_items.work_item_id) as drawn_item,
            coalesce(items.initiative_id, initiative_items.initiative_id) as drawn_initiative,
            coalesce(items.team_k, initiative_items.team_k) as drawn_team,
            coalesce(items.product_k, initiative_items.product_k) as drawn_product,
            coalesce(items.started_on, initiative_items.started_on, first_day()) as drawn_from,
            coalesce(items.ends_on, initiative_items.ends_on, last_day_known()) as drawn_to
        from aimed
        left join items on aimed.item_n = items.n
        left join initiative_items on aimed.initiative_item_m = initiative_items.m
    ),

    dated as (
        select
            *,
            (drawn_from + floor(first_of(r3) * (drawn_to - drawn_from + 1))::integer)::date as service_day,
            case
                when kind in ('contractor of an initiative', 'invoice of an item')
                then share_of(second_of(r3), 5, 60)
                else 0
            end as lag_days
        from drawn
    ),

    posted as (
        select
            *,
            case
                when kind = 'accrual'
                then last_day(least(service_day, date '2026-05-15'))
                else least((service_day + lag_days::integer)::date, last_day_known())
            end as posted_date
        from dated
    ),

    amounts as (
        select
            *,
            -- December and the summer: what is sold and what is bought have their seasons
            case
                when kind in ('revenue', 'refund')
                then
                    case
                        month(posted_date) when 11 then 1.3 when 12 then 1.5 when 7 then 0.8 when 8 then 0.8 else 1.0
                    end
                else case month(posted_date) when 8 then 0.85 when 12 then 0.9 else 1.0 end
            end as season,
            case
                kind
                when 'labour of an item'
                then 240 + 500 * third_of(r)
                when 'labour of a team'
                then 200 + 500 * third_of(r)
                when 'contractor of an initiative'
                then 300 + 2200 * third_of(r)
                when 'invoice of an item'
                then 150 + 1500 * third_of(r)
                when 'cloud of a product'
                then 80 + 700 * third_of(r)
                when 'overhead'
                then 500 + 900 * third_of(r)
                when 'credit note'
                then -40 - 200 * third_of(r)
                when 'revenue'
                then -400 - 5200 * third_of(r)
                when 'refund'
                then 20 + 200 * third_of(r)
                when 'transfer'
                then case when second_of(r2) < 0.5 then 1000 else -1000 end * (1 + floor(9 * third_of(r)))
                else 300 + 2000 * third_of(r)
            end as euros
        from posted
    ),

    booked as (
        select
            k,
            format('L-{:08d}', k + 1) as ledger_entry_id,
            kind,
            posted_date,
            case when lag_days > 0 then service_day when kind = 'accrual' then posted_date end as service_date,
            null::varchar as reverses_ledger_entry_id,
            case
                kind
                when 'labour of an item'
                then case when first_of(r2) < 0.1 then '6500' else '6100' end
                when 'labour of a team'
                then '6100'
                when 'contractor of an initiative'
                then '6200'
                when 'cloud of a product'
                then '6400'
                when 'overhead'
                then '6900'
                when 'revenue'
                then '4000'
                when 'refund'
                then '4100'
                when 'transfer'
                then '9000'
                else '6300'
            end as account_code,
            round(euros * season, 2)::decimal(28, 2) as amount,
            case
                when kind like 'labour%' or kind = 'overhead' or second_of(r2) < 0.6
                then 'EUR'
                when second_of(r2) < 0.85
                then 'USD'
                else 'GBP'
            end as currency,
            case
                when kind in ('labour of an item', 'invoice of an item')
                then drawn_team
                when kind = 'labour of a team'
                then floor(second_of(r) * teams)::bigint
            end as team_k,
            case
                when kind in ('contractor of an initiative', 'credit note', 'accrual')
                then drawn_initiative
                when kind in ('labour of an item', 'invoice of an item') and third_of(r2) < 0.5
                then drawn_initiative
            end as initiative_id,
            case when kind in ('labour of an item', 'invoice of an item') then drawn_item end as work_item_id,
            case
                when kind = 'cloud of a product'
                then floor(second_of(r) * 5)::bigint
                when kind in ('revenue', 'refund')
                then floor(first_of(r2) * first_of(r2) * 5)::bigint
            end as product_k,
            case when kind in ('revenue', 'refund') then floor(second_of(r) * customers)::bigint end as customer_k,
            -- what it belongs to, also if the entry names only the work item
            drawn_initiative as belongs_to_initiative_id,
            drawn_item as drawn_item_id,
            third_of(r3) as fate
        from amounts
    ),

    with_reversals as (
        select *
        from booked
        union all
        select
            k,
            ledger_entry_id || 'R',
            'reversal',
            (posted_date + 1)::date,
            null,
            ledger_entry_id,
            account_code,
            - amount,
            currency,
            team_k,
            initiative_id,
            work_item_id,
            product_k,
            customer_k,
            belongs_to_initiative_id,
            drawn_item_id,
            1.0
        from booked
        where kind = 'accrual'
    ),

    exported as (
        select
            *,
            case
                when fate between 0.02 and 0.03
                then least(folder_after(posted_date), last_day_known())
                else folder_of(posted_date)
            end as folder
        from with_reversals
    )

select
    *,
    -- corrected in the next export: another amount, or another month
    case
        when fate < 0.006 and kind <> 'accrual' and folder < last_day_known() then folder_after(folder)
    end as corrected_in,
    case when fate < 0.003 then round(amount * 1.25, 2)::decimal(28, 2) else amount end as first_amount,
    case
        when fate between 0.003 and 0.006 and day(posted_date) > 3 then (posted_date - 2)::date else posted_date
    end as first_posted_date,
    case when fate between 0.006 and 0.012 and folder < last_day_known() then folder_after(folder) end as again_in
from exported
