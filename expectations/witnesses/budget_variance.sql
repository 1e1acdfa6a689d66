-- Cost of a fiscal year less its budget: the latest version known by now, whole.
-- Positive is overspent.
with

    settings as (select * from stage.landing.settings),

    -- what a source no longer holds is gone; of what stays, the latest row counts
    last_snapshots as (
        select feed, source, max(load_seq) as load_seq
        from stage.landing.loads
        where kind = 'snapshot' and deletes
        group by all
    ),

    surviving_budgets as (
        select landed.*
        from stage.landing.budgets as landed
        left join last_snapshots on last_snapshots.feed = 'budgets' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.budget_id)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    budgets as (
        select *
        from surviving_budgets
        where _row_kind = 'row'
        qualify row_number() over (partition by budget_id order by load_seq desc) = 1
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

    -- the latest rate of the day or before it, unless too old; without one no amount
    rated as (
        select
            ledger_entries.*,
            case when ledger_entries.currency = reporting_currency then 1 else rate_to_reporting end as rate
        from ledger_entries
        cross join settings
        left join
            exchange_rates
            on exchange_rates.currency = ledger_entries.currency
            and exchange_rates.rate_date <= posted_date
            and date_diff('day', exchange_rates.rate_date, posted_date) <= max_rate_age_days
        where posted_date <= as_of_date
        qualify row_number() over (partition by ledger_entry_id order by exchange_rates.rate_date desc nulls last) = 1
    ),

    budget_years as (
        select
            budgets.*,
            (
                date_trunc('year', month - to_months(fiscal_year_start_month::int - 1))
                + to_months(fiscal_year_start_month::int - 1)
            )::date as fiscal_year
        from budgets
        cross join settings
        where version_date <= as_of_date
    ),
    -- a version may become known part by part: the one whose latest part is the
    -- latest counts, with all its parts
    known_versions as (
        select fiscal_year, budget_version, max(version_date) as version_date from budget_years group by all
    ),
    latest_versions as (
        select fiscal_year, arg_max(budget_version, (version_date, budget_version)) as budget_version
        from known_versions
        group by all
    ),
    latest_budgets as (
        select budget_years.*, last_day(month) as month_end
        from budget_years
        inner join latest_versions using (fiscal_year, budget_version)
    ),
    -- the rate of the month's end; for a month that lies ahead the latest one known
    budget_rates as (
        select
            latest_budgets.*,
            case when latest_budgets.currency = reporting_currency then 1 else rate_to_reporting end as rate
        from latest_budgets
        cross join settings
        left join
            exchange_rates
            on exchange_rates.currency = latest_budgets.currency
            and exchange_rates.rate_date <= least(month_end, as_of_date)
            and date_diff('day', exchange_rates.rate_date, least(month_end, as_of_date)) <= max_rate_age_days
        qualify row_number() over (partition by budget_id order by exchange_rates.rate_date desc nulls last) = 1
    ),
    budgeted as (
        select fiscal_year, sum(round(amount * rate, 4)) as budget, count(rate) as n from budget_rates group by all
    ),
    spent as (
        select
            (
                date_trunc('year', posted_date - to_months(fiscal_year_start_month::int - 1))
                + to_months(fiscal_year_start_month::int - 1)
            )::date as fiscal_year,
            sum(round(amount * rate, 4)) as cost,
            count(*) as entries
        from rated
        cross join settings
        inner join accounts on accounts.account_code = rated.account_code
        where account_type = 'cost'
        group by all
    ),
    cells as (
        select
            'fiscal_year' as grain,
            fiscal_year as period_start,
            'total' as dimension_name,
            'total' as member_id,
            (case when entries is null then 0 else cost end - budget)::double as value,
            n
        from budgeted
        left join spent using (fiscal_year)
        cross join settings
        where fiscal_year <= as_of_date
    )
select *
from cells
