-- Median days from commitment to release, else to completion, of the deliverables
-- done by now.
with

    settings as (select * from stage.landing.settings),

    -- what a source no longer holds is gone; of what stays, the latest row counts
    last_snapshots as (
        select feed, source, max(load_seq) as load_seq
        from stage.landing.loads
        where kind = 'snapshot' and deletes
        group by all
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

    deliverables as (
        select
            ((coalesce(released_at, done_at) at time zone 'UTC') at time zone time_zone)::date as day,
            (epoch_us(coalesce(released_at, done_at)) - epoch_us(committed_at)) / 86400e6 as lead_days,
            case
                when work_items.product_id is null
                then '-2'
                when known_products.product_id is null
                then '-3'
                else work_items.product_id
            end as product,
            case
                when work_items.team_id is null
                then '-2'
                when known_teams.team_id is null
                then '-3'
                else work_items.team_id
            end as team,
            case
                when work_items.initiative_id is null
                then '-2'
                when known_initiatives.initiative_id is null
                then '-3'
                else work_items.initiative_id
            end as initiative
        from work_items
        cross join settings
        left join known_products on known_products.product_id = work_items.product_id
        left join known_teams on known_teams.team_id = work_items.team_id
        left join known_initiatives on known_initiatives.initiative_id = work_items.initiative_id
        where is_deliverable and status_category = 'done' and done_at <= as_of_at
    ),
    by_grain as (select *, unnest(['month', 'quarter', 'year', 'fiscal_year', 'all']) as grain from deliverables),
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
            quantile_cont(lead_days, 0.5) as value,
            count(lead_days) as n
        from by_member
        group by all
    )
select *
from cells
