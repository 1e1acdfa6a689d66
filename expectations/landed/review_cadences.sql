-- one row per current key result: the days between two readings, as its check-ins show them
with
    days_read as (
        select
            key_result_id,
            list_sort(list_distinct(list(((checked_at at time zone 'UTC') at time zone time_zone)::date))) as days
        from feed.key_result_checkins
        cross join stage.landing.settings
        where checked_at <= as_of_at
        group by all
    ),
    waits as (
        select
            key_result_id,
            list_sort(list_transform(range(2, len(days) + 1), lambda i:date_diff('day', days[i - 1], days[i]))) as waits
        from days_read
    ),
    everybody as (select list_sort(flatten(list(waits))) as waits from waits)
select
    key_result_id,
    greatest(
        30,
        case
            when len(waits.waits) >= 2
            then waits.waits[ceil(len(waits.waits) / 2)::int]
            when len(everybody.waits) >= 2
            then everybody.waits[ceil(len(everybody.waits) / 2)::int]
            else 0
        end
    ) as learned_days
from feed.key_results
left join waits using (key_result_id)
cross join everybody
