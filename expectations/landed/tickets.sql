-- one row per ticket opened by now, with the days and hours of what happened to it by now
select
    support_tickets.*,
    ((opened_at at time zone 'UTC') at time zone time_zone)::date as opened_day,
    case
        when first_response_at <= as_of_at then ((first_response_at at time zone 'UTC') at time zone time_zone)::date
    end as answered_day,
    case
        when solved_at <= as_of_at then ((solved_at at time zone 'UTC') at time zone time_zone)::date
    end as solved_day,
    epoch(first_response_at - opened_at) / 3600 as hours_to_answer,
    epoch(solved_at - opened_at) / 3600 as hours_to_solve
from feed.support_tickets as support_tickets
cross join stage.landing.settings as settings
where opened_at <= as_of_at
