-- one row per initiative: its kind, what it serves, and when it begins and is delivered
with
    archetypes as (select * from archetypes),

    objectives as (select * from objectives),

    numbered as (
        select range as k, range % 20 as archetype, divide(range, 20) as block
        from range(getvariable('initiatives')::bigint)
    ),

    placed as (
        select
            numbered.k,
            numbered.block,
            archetypes.*,
            archetypes.slots[numbered.block % 2 + 1] as slot,
            (divide(numbered.block, 2)) % getvariable('objective_blocks')::bigint as objective_block
        from numbered
        inner join archetypes on numbered.archetype = archetypes.archetype
    ),

    dated as (
        select
            placed.*,
            objectives.objective_id,
            case
                placed.timing
                when 'window'
                then
                    (
                        coalesce(objectives.period_start + 120, date '2024-03-01') + between_two(
                            'delivered',
                            placed.k,
                            0,
                            coalesce(
                                least(objectives.period_end - 150, last_day_known() - 140)
                                - (objectives.period_start + 120),
                                650
                            )
                        )::integer
                    )::date
                when 'recent'
                then (last_day_known() - between_two('delivered', placed.k, 20, 55)::integer)::date
            end as delivered_on
        from placed
        left join objectives on placed.slot = objectives.slot and placed.objective_block = objectives.block
    ),

    begun as (
        select
            *,
            greatest(
                date '2023-07-05',
                case
                    timing
                    when 'cancelled'
                    then (date '2024-06-01' + between_two('starts', k, 0, 300)::integer)::date
                    else
                        (
                            coalesce(delivered_on, last_day_known() - 20) - between_two('starts', k, 190, 320)::integer
                        )::date
                end
            ) as started_on
        from dated
    )

select
    k,
    archetype,
    archetype_name,
    format('INI-{:04d}', k + 1) as initiative_id,
    format(
        '{} {}{}',
        (
            [
                'Express',
                'Guided',
                'Cross-border',
                'Self-service',
                'Unified',
                'Instant',
                'Smart',
                'Reliable',
                'Open',
                'Simple'
            ]
        )[pick('first word', k, 10) + 1],
        (
            [
                'checkout',
                'onboarding',
                'returns',
                'search',
                'invoicing',
                'reporting',
                'loyalty',
                'delivery',
                'consent',
                'pricing',
                'catalogue',
                'payments'
            ]
        )[(k * 5 + divide(k, 12)) % 12 + 1],
        case when k >= 60 then ' ' || (divide(k, 60) + 1) else '' end
    ) as initiative_name,
    objective_id,
    slot,
    objective_block,
    timing,
    benefit,
    link_level,
    value_status,
    quadrant,
    evidence,
    is_on_time,
    started_on,
    delivered_on,
    case when timing = 'cancelled' then started_on + 200 end as cancelled_on,
    (started_on - between_two('plan', k, 5, 30)::integer)::date as planned_start_date,
    case
        when timing in ('open')
        then (last_day_known() + between_two('plan end', k, 60, 200)::integer)::date
        when timing = 'overdue'
        then (last_day_known() - between_two('plan end', k, 30, 120)::integer)::date
        when timing = 'cancelled'
        then (started_on + 330)::date
        when is_on_time
        then (delivered_on + between_two('plan end', k, 5, 35)::integer)::date
        when not is_on_time
        then (delivered_on - between_two('plan end', k, 25, 60)::integer)::date
    end as planned_end_date,
    -- its own record doesn't show that it ended; its work does
    archetype = 4 and block % 2 = 0 as is_ended_by_its_work,
    -- reorganised: led by another team from a day on
    k % getvariable('teams')::bigint as first_team,
    case when chance('reorganised', k) < 0.25 then (k + 5) % getvariable('teams')::bigint end as second_team,
    (started_on + 90)::date as reorganised_on,
    case
        when k % 4 = 0
        then 0
        when pick('product', k, getvariable('products')::bigint) % 6 = 5
        then case when coalesce(delivered_on < date '2025-05-01', false) then 5 else 1 end
        else pick('product', k, getvariable('products')::bigint)
    end as product_k,
    -- its record reaches the export one quarter late
    k % 20 = 9 as is_recorded_late,
    (['EUR', 'EUR', 'EUR', 'USD', 'GBP'])[pick('approved in', k, 5) + 1] as approved_currency
from begun
