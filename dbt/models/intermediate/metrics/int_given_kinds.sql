with
    -- all that ever landed, deleted rows included: a source that no longer has a kind of rows still knows of it
    landed_accounts as (select * from {{ source("landing", "accounts") }} where _row_kind = 'row'),

    landed_benefits as (select * from {{ source("landing", "benefits") }} where _row_kind = 'row'),

    landed_work_items as (select * from {{ source("landing", "work_items") }} where _row_kind = 'row'),

    landed_usage as (select * from {{ source("landing", "usage_daily") }} where _row_kind = 'row'),

    landed_tickets as (select * from {{ source("landing", "support_tickets") }} where _row_kind = 'row'),

    landed_experiments as (select * from {{ source("landing", "experiments") }} where _row_kind = 'row'),

    landed_decisions as (select * from {{ source("landing", "decisions") }} where _row_kind = 'row'),

    landed_recognitions as (select * from {{ source("landing", "recognitions") }} where _row_kind = 'row'),

    settings as (select * from {{ ref("stg_settings") }}),

    kinds as (
        select account_type as kind
        from landed_accounts
        where account_type in ('cost', 'revenue')
        union all
        -- cost that isn't on accounts of cost
        select 'cost' as kind
        from settings
        where labour_cost = 'rates' or capital_cost = 'amortised'
        union all
        select case when benefit_type = 'soft' then 'soft_benefit' else scenario || '_benefit' end as kind
        from landed_benefits
        where benefit_type = 'hard' or scenario = 'actual'
        union all
        select 'deliverable' as kind
        from landed_work_items
        where is_deliverable
        union all
        select 'usage' as kind
        from landed_usage
        union all
        select 'ticket' as kind
        from landed_tickets
        union all
        select 'experiment' as kind
        from landed_experiments
        union all
        select 'check_in_decision' as kind
        from landed_decisions
        where trigger_kind = 'check_in'
        union all
        select 'recognition' as kind
        from landed_recognitions
        union all
        select unnest(gives) as kind
        from settings
    ),

    given_kinds as (select distinct kind from kinds)

select *
from given_kinds
