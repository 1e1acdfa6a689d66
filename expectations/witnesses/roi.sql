-- (Benefit - cost) / cost since inception, of the initiatives with an actual hard
-- benefit by now.
with recursive

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

    known_initiatives as (select distinct initiative_id from stage.landing.initiatives where _row_kind = 'row'),

    -- a cost lies where it was allocated: that needs the build's own facts, which conserve the ledger's total
    costs as (
        select initiative_id, sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
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
    returns as (
        select
            case
                when known_initiatives.initiative_id is null then '-3' else benefit_rates.initiative_id
            end as initiative_id,
            count(distinct benefit_rates.initiative_id) as initiatives,
            sum(round(amount * rate, 4)) as benefit
        from benefit_rates
        left join known_initiatives on known_initiatives.initiative_id = benefit_rates.initiative_id
        group by 1
    ),
    by_member as (
        select
            initiatives,
            benefit,
            coalesce(cost, 0) as cost,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative_id]) as member_id
        from returns
        left join costs using (initiative_id)
    ),
    cells as (
        select
            'all' as grain,
            null::date as period_start,
            dimension_name,
            member_id,
            case when sum(cost) > 0 then (sum(benefit) - sum(cost))::double / sum(cost)::double end as value,
            sum(initiatives)::bigint as n
        from by_member
        group by all
    )
select *
from cells
