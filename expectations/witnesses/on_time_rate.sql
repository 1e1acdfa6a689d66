-- Of the deliverables due by now and not cancelled: the share done by the day they
-- were due when promised.
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

    surviving_work_item_changes as (
        select landed.*
        from stage.landing.work_item_changes as landed
        left join last_snapshots on last_snapshots.feed = 'work_item_changes' and last_snapshots.source = landed.source
        qualify
            max(landed.load_seq) over (
                partition by landed.source, landed.work_item_id, landed.field, landed.changed_at, landed.change_seq
            )
            >= coalesce(last_snapshots.load_seq, 0)
    ),
    work_item_changes as (
        select *
        from surviving_work_item_changes
        where _row_kind = 'row'
        qualify row_number() over (partition by work_item_id, field, changed_at, change_seq order by load_seq desc) = 1
    ),

    known_products as (select distinct product_id from stage.landing.products where _row_kind = 'row'),

    known_teams as (select distinct team_id from stage.landing.teams where _row_kind = 'row'),

    known_initiatives as (select distinct initiative_id from stage.landing.initiatives where _row_kind = 'row'),

    -- the first move of the due date after the promise tells what was promised
    moves_after_promise as (
        select work_items.work_item_id, try_cast(from_value as date) as promised_date
        from work_items
        inner join work_item_changes on work_item_changes.work_item_id = work_items.work_item_id
        where field = 'due_date' and changed_at > committed_at
        qualify row_number() over (partition by work_items.work_item_id order by changed_at, change_seq) = 1
    ),
    promises as (
        select
            work_items.*,
            case when moves_after_promise.work_item_id is null then due_date else promised_date end as promised_date
        from work_items
        left join moves_after_promise on moves_after_promise.work_item_id = work_items.work_item_id
        where is_deliverable and status_category <> 'cancelled'
    ),
    due as (
        select
            promised_date as day,
            status_category = 'done'
            and done_at <= as_of_at
            and ((done_at at time zone 'UTC') at time zone time_zone)::date <= promised_date as is_on_time,
            case
                when promises.product_id is null
                then '-2'
                when known_products.product_id is null
                then '-3'
                else promises.product_id
            end as product,
            case
                when promises.team_id is null then '-2' when known_teams.team_id is null then '-3' else promises.team_id
            end as team,
            case
                when promises.initiative_id is null
                then '-2'
                when known_initiatives.initiative_id is null
                then '-3'
                else promises.initiative_id
            end as initiative
        from promises
        cross join settings
        left join known_products on known_products.product_id = promises.product_id
        left join known_teams on known_teams.team_id = promises.team_id
        left join known_initiatives on known_initiatives.initiative_id = promises.initiative_id
        where promised_date <= as_of_date
    ),
    by_grain as (select *, unnest(['month', 'quarter', 'year', 'fiscal_year', 'all']) as grain from due),
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
            count(*) filter (is_on_time) / count(*) as value,
            count(*) as n
        from by_member
        group by all
    )
select *
from cells
