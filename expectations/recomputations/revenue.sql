-- Entries on revenue accounts posted by now, credits positive, in the reporting currency.
with
    entries as (
        select
            posted_date as day,
            - round(amount * rate, 4) as reporting_amount,
            entries.product,
            entries.team,
            -- an entry without an initiative, or with unknown, takes its work item's
            case
                when entries.initiative in ('-1', '-2')
                then coalesce(nullif(items.initiative, '-2'), entries.initiative)
                else entries.initiative
            end as initiative
        from feed.ledger_entries as entries
        cross join stage.landing.settings
        inner join feed.accounts as accounts on accounts.account_code = entries.account_code
        left join feed.work_items as items on items.work_item_id = entries.work_item_id
        left join
            feed.rates as rates on rates.currency = entries.currency and posted_date between first_day and last_day
        where account_type = 'revenue' and posted_date <= as_of_date
    ),

    by_member as (
        select
            *,
            unnest(['total', 'product', 'team', 'initiative']) as dimension_name,
            unnest(['total', product, team, initiative]) as member_id
        from entries
    )
select
    grain, period_start, dimension_name, member_id, sum(reporting_amount)::double as value, count(reporting_amount) as n
from by_member
inner join feed.days as days using (day)
group by all
