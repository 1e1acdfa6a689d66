-- (Benefit - cost) / cost since inception, of the initiatives with an actual hard
-- benefit by now.
with

    settings as (select * from stage.landing.settings),

    -- what a source no longer holds is gone; of what stays, the latest row counts
    last_snapshots as (
        select feed, source, max(load_seq) as load_seq
        from stage.landing.loads
        where kind = 'snapshot' and deletes
        group by all
    ),

    surviving_benefits as (
        select landed.*
        from stage.landing.benefits as landed
        left join last_snapshots on last_snapshots.feed = 'benefits' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (partition by landed.source, landed.benefit_id, landed.month, landed.scenario)
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    benefits as (
        select *
        from surviving_benefits
        where _row_kind = 'row'
        qualify row_number() over (partition by benefit_id, month, scenario order by load_seq desc) = 1
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

    costs as (
        select
            coalesce(rated.initiative_id, work_items.initiative_id) as initiative_id,
            sum(round(amount * rate, 4)) as cost
        from rated
        inner join accounts on accounts.account_code = rated.account_code
        left join work_items on work_items.work_item_id = rated.work_item_id
        where account_type = 'cost'
        group by all
    ),
    hard_benefits as (
        select *, last_day(month) as month_end
        from benefits
        cross join settings
        where benefit_type = 'hard' and scenario = 'actual' and month <= as_of_date
    ),
    benefit_rates as (
        select
            hard_benefits.*,
            case when hard_benefits.currency = reporting_currency then 1 else rate_to_reporting end as rate
        from hard_benefits
        left join
            exchange_rates
            on exchange_rates.currency = hard_benefits.currency
            and exchange_rates.rate_date <= least(month_end, as_of_date)
            and date_diff('day', exchange_rates.rate_date, least(month_end, as_of_date)) <= max_rate_age_days
        qualify row_number() over (partition by benefit_id, month order by exchange_rates.rate_date desc nulls last) = 1
    ),
    returns as (select initiative_id, sum(round(amount * rate, 4)) as benefit from benefit_rates group by all),
    by_dimension as (
        select
            returns.initiative_id, benefit, coalesce(cost, 0) as cost, unnest(['total', 'initiative']) as dimension_name
        from returns
        left join costs using (initiative_id)
    ),
    by_member as (
        select
            by_dimension.*,
            case
                when dimension_name = 'total'
                then 'total'
                when known_initiatives.initiative_id is null
                then '-3'
                else by_dimension.initiative_id
            end as member_id
        from by_dimension
        left join known_initiatives using (initiative_id)
    ),
    cells as (
        select
            'all' as grain,
            null::date as period_start,
            dimension_name,
            member_id,
            case when sum(cost) > 0 then (sum(benefit) - sum(cost))::double / sum(cost)::double end as value,
            count(*) as n
        from by_member
        group by all
    )
select *
from cells
