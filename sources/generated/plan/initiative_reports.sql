-- one row per month of an initiative: what its lead reported, green more often where it will create value
with
    months as (
        select
            initiatives.*,
            range as n,
            bits('report', concat(initiative_id, range)) as r,
            (date_trunc('month', started_on) + to_months(range::integer + 1) - interval 3 day)::date as reported_on
        from initiatives
        cross join range(36)
    )

select
    initiative_id,
    at_work(reported_on, concat(initiative_id, n)) as reported_at,
    case
        when first_of(r) < case when value_status in ('value_created', 'some_value') then 0.7 else 0.4 end
        then 'green'
        when second_of(r) < 0.7
        then 'amber'
        else 'red'
    end as health,
    round(
        case when value_status in ('value_created', 'some_value') then 0.6 else 0.4 end + 0.3 * third_of(r), 2
    )::decimal(4, 2) as confidence,
    folder_of(reported_on) as folder
from months
where reported_on between started_on and coalesce(delivered_on, last_day_known())
