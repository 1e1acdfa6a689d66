-- the initiatives as the portfolio office showed them
select
    initiative_id,
    initiative_name as name,
    case
        when cancelled_on <= shown_on()
        then 'cancelled'
        when delivered_on <= shown_on() and not is_ended_by_its_work
        then 'done'
        when started_on <= shown_on()
        then 'active'
        else 'proposed'
    end as stage,
    objective_id,
    team_id_at(
        case when second_team is not null and reorganised_on <= shown_on() then second_team else first_team end,
        started_on,
        shown_on()
    ) as team_id,
    format('PRD-{:02d}', product_k + 1) as product_id,
    initiatives.planned_start_date,
    planned_end_date,
    case when started_on <= shown_on() then utc(started_on::timestamp + interval 9 hour) end as started_at,
    case
        when delivered_on <= shown_on() and not is_ended_by_its_work
        then utc(delivered_on::timestamp + interval 17 hour)
    end as ended_at,
    utc(initiatives.planned_start_date::timestamp + interval 9 hour) as approved_at,
    approvals.amount::decimal(28, 2) as approved_amount,
    approvals.currency
from initiatives
inner join approvals using (initiative_id)
where
    case when is_recorded_late then folder_after(started_on) else folder_of(initiatives.planned_start_date) end
    <= shown_on()
    or folder_of(started_on) <= shown_on()
    and not is_recorded_late
order by initiative_id
