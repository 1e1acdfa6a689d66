-- Entries of revenue accounts posted by now, in the reporting currency; a credit
-- counts as positive.
with

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

    known_products as (select distinct product_id from stage.landing.products where _row_kind = 'row'),

    known_teams as (select distinct team_id from stage.landing.teams where _row_kind = 'row'),

    known_initiatives as (select distinct initiative_id from stage.landing.initiatives where _row_kind = 'row'),

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

    entries as (
        select
            posted_date as day,
            - round(amount * rate, 4) as reporting_amount,
            case
                when rated.product_id is null
                then '-2'
                when known_products.product_id is null
                then '-3'
                else rated.product_id
            end as product,
            case
                when rated.team_id is null then '-2' when known_teams.team_id is null then '-3' else rated.team_id
            end as team,
            case
                when coalesce(rated.initiative_id, work_items.initiative_id) is null
                then '-2'
                when known_initiatives.initiative_id is null
                then '-3'
                else coalesce(rated.initiative_id, work_items.initiative_id)
            end as initiative
        from rated
        inner join accounts on accounts.account_code = rated.account_code
        left join work_items on work_items.work_item_id = rated.work_item_id
        left join known_products on known_products.product_id = rated.product_id
        left join known_teams on known_teams.team_id = rated.team_id
        left join
            known_initiatives
            on known_initiatives.initiative_id = coalesce(rated.initiative_id, work_items.initiative_id)
        where account_type = 'revenue'
    ),
    by_grain as (select *, unnest(['month', 'quarter', 'year', 'fiscal_year', 'all']) as grain from entries),
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
    by_dimension as (
        select *, unnest(['total', 'product', 'team', 'initiative']) as dimension_name
        from in_period
        where period_start is null or period_start <= as_of_date
    ),
    by_member as (
        select
            *,
            case
                dimension_name
                when 'product'
                then product
                when 'team'
                then team
                when 'initiative'
                then initiative
                else 'total'
            end as member_id
        from by_dimension
        where dimension_name <> 'initiative' or grain = 'all'
    ),
    cells as (
        select
            grain,
            period_start,
            dimension_name,
            member_id,
            sum(reporting_amount)::double as value,
            count(reporting_amount) as n
        from by_member
        group by all
    )
select *
from cells
