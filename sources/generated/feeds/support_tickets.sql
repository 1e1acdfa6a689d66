-- the tickets opened in the quarter, and those opened before and solved in it
with
    tickets as (select *, folder_of(opened_at::date) as opened_in, folder_of(solved_at::date) as solved_in from tickets)

select
    ticket_id,
    case when is_of_nobody_known then 'CUS-99999' else format('CUS-{:05d}', customer_k + 1) end as customer_id,
    format('PRD-{:02d}', product_k + 1) as product_id,
    opened_at,
    case when first_response_at < shown_at() then first_response_at end as first_response_at,
    case when solved_at < shown_at() then solved_at end as solved_at,
    is_reopened and solved_at < shown_at() as reopened,
    severity,
    channel
from tickets
where opened_at < shown_at() and (opened_in = shown_on() or solved_in = shown_on())
order by ticket_id
