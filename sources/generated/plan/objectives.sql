-- one row per objective; its profile says how its outcome key results end, all alike, so that each initiative that
-- serves it has one answer
with
    blocks as (select range as block from range(getvariable('objective_blocks')::bigint)),

    slots(slot, profile, objective_name, period_start, period_end, key_results, is_with_output) as (
        values
            (0, 'created', 'Buying takes one minute', date '2023-07-01', date '2024-06-30', 4, true),
            (1, 'created', 'Customers find what they look for', date '2024-07-01', date '2025-06-30', 4, false),
            (2, 'created', 'Checkout is recommended', date '2025-01-01', date '2026-03-31', 4, false),
            (3, 'some', 'Fewer questions need a person', date '2024-01-01', date '2024-12-31', 4, true),
            (4, 'some', 'Merchants sell abroad', date '2025-01-01', date '2025-12-31', 4, false),
            (5, 'none', 'Loyalty brings people back', date '2023-10-01', date '2024-09-30', 4, true),
            (6, 'none', 'Reports are read every week', date '2025-04-01', date '2026-03-31', 4, false),
            (7, 'negative', 'Returns are no trouble', date '2024-07-01', date '2025-06-30', 3, false),
            (8, 'unmeasured', 'Partners trust our data', date '2024-10-01', date '2025-12-31', 3, false),
            (9, 'running', 'Payments never fail', date '2025-07-01', date '2026-12-31', 4, true),
            (10, 'running', 'Sellers start in a day', date '2026-01-01', date '2026-12-31', 4, false),
            (11, 'output', 'The platform is rebuilt', date '2024-01-01', date '2025-12-31', 3, true)
    )

select
    block,
    slot,
    format('OBJ-{:03d}', block * 12 + slot + 1) as objective_id,
    objective_name || case when block > 0 then ' ' || (block + 1) else '' end as objective_name,
    profile,
    period_start,
    period_end,
    key_results,
    is_with_output,
    (block * 12 + slot) % getvariable('teams')::bigint as team_k
from blocks
cross join slots
