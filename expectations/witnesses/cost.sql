-- Entries of cost accounts posted by now, in the reporting currency; hours at rates in place of labour where the
-- portfolio says so.
with recursive

    settings as (select * from stage.landing.settings),

    -- what a source no longer holds is gone; of what stays, the latest row counts
    last_snapshots as (
        select feed, source, max(load_seq) as load_seq
        from stage.landing.loads
        where kind = 'snapshot' and deletes
        group by all
    ),

    surviving_ledger_entries as (
        select landed.*
        from stage.landing.ledger_entries as landed
        left join last_snapshots on last_snapshots.feed = 'ledger_entries' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.ledger_entry_id)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    ledger_entries as (
        select *
        from surviving_ledger_entries
        where _row_kind = 'row'
        qualify row_number() over (partition by ledger_entry_id order by load_seq desc) = 1
    ),

    surviving_accounts as (
        select landed.*
        from stage.landing.accounts as landed
        left join last_snapshots on last_snapshots.feed = 'accounts' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.account_code)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    accounts as (
        select *
        from surviving_accounts
        where _row_kind = 'row'
        qualify row_number() over (partition by account_code order by load_seq desc) = 1
    ),

    surviving_exchange_rates as (
        select landed.*
        from stage.landing.exchange_rates as landed
        left join last_snapshots on last_snapshots.feed = 'exchange_rates' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.rate_date, landed.currency)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    exchange_rates as (
        select *
        from surviving_exchange_rates
        where _row_kind = 'row'
        qualify row_number() over (partition by rate_date, currency order by load_seq desc) = 1
    ),

    surviving_work_items as (
        select landed.*
        from stage.landing.work_items as landed
        left join last_snapshots on last_snapshots.feed = 'work_items' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.work_item_id)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    work_items as (
        select *
        from surviving_work_items
        where _row_kind = 'row'
        qualify row_number() over (partition by work_item_id order by load_seq desc) = 1
    ),

    surviving_time_entries as (
        select landed.*
        from stage.landing.time_entries as landed
        left join last_snapshots on last_snapshots.feed = 'time_entries' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.time_entry_id)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    time_entries as (
        select *
        from surviving_time_entries
        where _row_kind = 'row'
        qualify row_number() over (partition by time_entry_id order by load_seq desc) = 1
    ),

    surviving_labour_rates as (
        select landed.*
        from stage.landing.labour_rates as landed
        left join last_snapshots on last_snapshots.feed = 'labour_rates' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.person_id, landed.team_id, landed.valid_from)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    labour_rates as (
        select *
        from surviving_labour_rates
        where _row_kind = 'row'
        qualify row_number() over (partition by person_id, team_id, valid_from order by load_seq desc) = 1
    ),

    -- hours up to now, if the portfolio lets them stand for what people cost
    hours as (
        select time_entries.*
        from time_entries
        cross join settings
        where labour_cost = 'rates' and work_date <= as_of_date
    ),

    -- from an item upwards until a deliverable is reached, or the top, or the same item again
    climb as (
        select work_item_id, work_item_id as reached
        from work_items
        union
        select climb.work_item_id, above.work_item_id
        from climb
        inner join work_items as here on here.work_item_id = climb.reached and not here.is_deliverable
        inner join work_items as above on above.work_item_id = here.parent_work_item_id
    ),
    borne_by as (
        select climb.work_item_id, reached as deliverable_id
        from climb
        inner join work_items on work_items.work_item_id = reached
        where is_deliverable
    ),

    -- the person's team as last shown before the day of the work; if the person was gone by then, or never shown
    -- before,
    -- the last team known, or the first
    shown_people as (
        select time_entry_id, people.*, people.observed_at <= work_date::timestamp as is_before
        from hours
        inner join stage.landing.people as people using (person_id)
        where people._row_kind = 'row'
    ),
    absences as (
        select distinct people.person_id, loads.load_seq, loads.observed_at
        from stage.landing.people as people
        inner join
            stage.landing.loads as loads
            on loads.feed = 'people'
            and loads.source = people.source
            and loads.kind = 'snapshot'
            and loads.deletes
            and loads.load_seq > people.load_seq
        where
            not exists (
                from stage.landing.people as still
                where still.person_id = people.person_id and still.load_seq = loads.load_seq
            )
    ),
    first_and_last as (
        select
            person_id,
            arg_min(coalesce(team_id, ''), load_seq) as first_team_id,
            arg_max(coalesce(team_id, ''), load_seq) as last_team_id
        from stage.landing.people
        where _row_kind = 'row'
        group by all
    ),
    last_shown as (
        select time_entry_id, person_id, max(load_seq) as load_seq, arg_max(coalesce(team_id, ''), load_seq) as team_id
        from shown_people
        where is_before
        group by all
    ),
    teams_of_the_day as (
        select
            hours.time_entry_id,
            nullif(
                case
                    when
                        exists (
                            from absences
                            where
                                absences.person_id = hours.person_id
                                and absences.observed_at <= hours.work_date::timestamp
                                and absences.load_seq > coalesce(last_shown.load_seq, -1)
                        )
                    then last_team_id
                    else coalesce(last_shown.team_id, first_team_id)
                end,
                ''
            ) as team_id
        from hours
        inner join first_and_last on first_and_last.person_id = hours.person_id
        left join last_shown on last_shown.time_entry_id = hours.time_entry_id
    ),

    -- the person's latest rate by that day, else the team's
    rate_of_the_day as (
        select
            hours.time_entry_id,
            hours.hours,
            work_date,
            deliverable_id,
            teams_of_the_day.team_id,
            hourly_cost,
            labour_rates.currency
        from hours
        left join borne_by on borne_by.work_item_id = hours.work_item_id
        left join teams_of_the_day on teams_of_the_day.time_entry_id = hours.time_entry_id
        left join
            labour_rates
            on (labour_rates.person_id = hours.person_id or labour_rates.team_id = teams_of_the_day.team_id)
            and labour_rates.valid_from <= work_date
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
            product_id
        from
            (
                select
                    deliverable_id,
                    case when deliverable_id is null then team_id end as any_team,
                    date_trunc('month', work_date)::date as month,
                    currency,
                    sum(hours * hourly_cost) as cost
                from rate_of_the_day
                group by all
            )
        cross join settings
        left join work_items on work_items.work_item_id = deliverable_id
    ),

    -- capital spending or its depreciation, and the books' labour or that of hours: never both
    cost_lines as (
        select
            ledger_entry_id,
            posted_date,
            amount,
            currency,
            ledger_entries.team_id,
            ledger_entries.initiative_id,
            ledger_entries.work_item_id,
            ledger_entries.product_id
        from ledger_entries
        cross join settings
        left join accounts on accounts.account_code = ledger_entries.account_code
        where
            case
                when ledger_entries.account_code in (select unnest(depreciation_accounts) from settings)
                then capital_cost = 'amortised'
                when account_type = 'cost'
                then
                    not (capital_cost = 'amortised' and coalesce(is_capital, false))
                    and not (
                        labour_cost = 'rates'
                        and coalesce(cost_category, '') in (select unnest(labour_categories) from settings)
                    )
            end
        union all by name
        select *
        from labour
    ),

    -- the latest rate of the day or before it, unless too old; without one no amount
    rated as (
        select
            cost_lines.*, case when cost_lines.currency = reporting_currency then 1 else rate_to_reporting end as rate
        from cost_lines
        cross join settings
        left join
            exchange_rates
            on exchange_rates.currency = cost_lines.currency
            and exchange_rates.rate_date <= posted_date
            and date_diff('day', exchange_rates.rate_date, posted_date) <= max_rate_age_days
        where posted_date <= as_of_date
        qualify row_number() over (partition by ledger_entry_id order by exchange_rates.rate_date desc nulls last) = 1
    ),

    entries as (
        select
            ledger_entry_id,
            posted_date as day,
            round(amount * rate, 4) as reporting_amount,
            'total' as dimension_name,
            'total' as member_id
        from rated
    ),

    -- below the total a cost lies where it was allocated: that needs the build's own facts, which conserve the total
    allocated as (
        select
            ledger_entry_key::varchar as ledger_entry_id,
            ledger.posted_date as day,
            allocated_reporting_amount as reporting_amount,
            initiatives.initiative_id,
            teams.team_id,
            products.product_id
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        inner join core.dim_team as teams on teams.team_key = parts.team_key
        inner join core.dim_product as products on products.product_key = parts.product_key
    ),
    parts_by_member as (
        select
            ledger_entry_id,
            day,
            reporting_amount,
            unnest(['product', 'team', 'initiative']) as dimension_name,
            unnest([product_id, team_id, initiative_id]) as member_id
        from allocated
    ),
    all_entries as (
        from entries
        union all by name
        from parts_by_member
    ),
    by_grain as (select *, unnest(['month', 'quarter', 'year', 'fiscal_year', 'all']) as grain from all_entries),
    in_period as (
        select
            by_grain.*,
            case
                grain
                when 'month'
                then date_trunc('month', day)
                when 'quarter'
                then date_trunc('quarter', day)
                when 'year'
                then date_trunc('year', day)
                when 'fiscal_year'
                then
                    date_trunc('year', day - to_months(fiscal_year_start_month::int - 1))
                    + to_months(fiscal_year_start_month::int - 1)
            end::date as period_start,
            as_of_date
        from by_grain
        cross join settings
    ),
    measured as (
        from in_period
        where (period_start is null or period_start <= as_of_date) and (dimension_name <> 'initiative' or grain = 'all')
    ),
    cells as (
        select
            grain,
            period_start,
            dimension_name,
            member_id,
            sum(reporting_amount)::double as value,
            count(distinct ledger_entry_id) filter (reporting_amount is not null) as n
        from measured
        group by all
    )
select *
from cells
