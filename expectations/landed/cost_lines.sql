-- one row per entry of cost posted by now, with the ids that it names and the members that these are published under:
-- the ledger's, by the portfolio's rules on capital and on labour at rates
with
    -- the person's latest rate by that day, else the team's
    rate_of_the_day as (
        select
            hours.time_entry_id,
            hours.hours,
            work_date,
            deliverable_id,
            hours.team_id,
            hours.team,
            hourly_cost,
            labour_rates.currency
        from feed.team_hours as hours
        cross join stage.landing.settings
        left join feed.nearest_deliverables as nearest on nearest.work_item_id = hours.work_item_id
        left join
            feed.labour_rates as labour_rates
            on (labour_rates.person_id = hours.person_id or labour_rates.team_id = hours.team_id)
            and labour_rates.valid_from <= work_date
        where labour_cost = 'rates' and work_date <= as_of_date
        qualify
            row_number() over (
                partition by hours.time_entry_id
                order by labour_rates.person_id is null, labour_rates.valid_from desc nulls last
            )
            = 1
    ),
    labour as (
        select
            'labour of '
            || coalesce('work ' || deliverable_id, 'team ' || any_team, 'nobody')
            || ' in '
            || month
            || ' in '
            || coalesce(currency, '?') as ledger_entry_id,
            least(last_day(month), as_of_date) as posted_date,
            round(cost, 10)::decimal(28, 10) as amount,
            currency,
            coalesce(work_items.team_id, any_team) as team_id,
            initiative_id,
            deliverable_id as work_item_id,
            coalesce(work_items.team, any_member) as team,
            coalesce(initiative, '-2') as initiative,
            coalesce(product, '-2') as product,
            true as is_labour
        from
            (
                select
                    deliverable_id,
                    case when deliverable_id is null then team_id end as any_team,
                    case when deliverable_id is null then team end as any_member,
                    date_trunc('month', work_date)::date as month,
                    currency,
                    sum(hours * hourly_cost) as cost
                from rate_of_the_day
                group by all
            )
        cross join stage.landing.settings
        left join feed.work_items as work_items on work_items.work_item_id = deliverable_id
    ),

    -- capital spending or its depreciation, and labour from the ledger or from hours: never both
    cost_lines as (
        select
            ledger_entry_id,
            posted_date,
            amount,
            currency,
            ledger_entries.team_id,
            ledger_entries.initiative_id,
            ledger_entries.work_item_id,
            ledger_entries.team,
            ledger_entries.initiative,
            ledger_entries.product,
            service_date,
            reverses_ledger_entry_id,
            cost_category,
            false as is_labour
        from feed.ledger_entries as ledger_entries
        cross join stage.landing.settings
        left join feed.accounts as accounts on accounts.account_code = ledger_entries.account_code
        where
            case
                when ledger_entries.account_code in (select unnest(depreciation_accounts) from stage.landing.settings)
                then capital_cost = 'amortised'
                when account_type = 'cost'
                then
                    not (capital_cost = 'amortised' and coalesce(is_capital, false))
                    and not (
                        labour_cost = 'rates'
                        and coalesce(cost_category, '')
                        in (select unnest(labour_categories) from stage.landing.settings)
                    )
            end
        union all by name
        select *
        from labour
    )
select cost_lines.*, round(amount * rate, 4) as reporting_amount
from cost_lines
cross join stage.landing.settings
left join feed.rates as rates on rates.currency = cost_lines.currency and posted_date between first_day and last_day
where posted_date <= as_of_date
