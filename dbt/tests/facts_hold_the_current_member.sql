-- Metrics group by the current version: a fact left on an older one would split a member's figures. (A deleted member
-- has
-- no current version; its facts keep the last one they knew.)
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    held as (
        select 'initiative' as entity, current_initiative_key as member_key
        from {{ ref("fct_deliverables") }}
        union all
        select 'team' as entity, current_team_key as member_key
        from {{ ref("fct_deliverables") }}
        union all
        select 'product' as entity, current_product_key as member_key
        from {{ ref("fct_deliverables") }}
        union all
        select 'initiative' as entity, current_initiative_key as member_key
        from {{ ref("fct_ledger_entries") }}
        union all
        select 'team' as entity, current_team_key as member_key
        from {{ ref("fct_ledger_entries") }}
        union all
        select 'product' as entity, current_product_key as member_key
        from {{ ref("fct_ledger_entries") }}
        union all
        select 'initiative' as entity, current_initiative_key as member_key
        from {{ ref("fct_budgets") }}
        union all
        select 'team' as entity, current_team_key as member_key
        from {{ ref("fct_budgets") }}
        union all
        select 'product' as entity, current_product_key as member_key
        from {{ ref("fct_budgets") }}
        union all
        select 'initiative' as entity, current_initiative_key as member_key
        from {{ ref("fct_benefits") }}
        union all
        select 'team' as entity, current_team_key as member_key
        from {{ ref("fct_survey_responses") }}
        union all
        select 'product' as entity, current_product_key as member_key
        from {{ ref("fct_survey_responses") }}
    ),

    versions as (
        select 'initiative' as entity, initiative_key as member_key, initiative_id as member_id, is_current
        from {{ ref("dim_initiative") }}
        union all
        select 'team' as entity, team_key as member_key, team_id as member_id, is_current
        from {{ ref("dim_team") }}
        union all
        select 'product' as entity, product_key as member_key, product_id as member_id, is_current
        from {{ ref("dim_product") }}
    ),

    judged as (
        select *, bool_or(is_current) over (partition by entity, member_id) as has_current_version from versions
    ),

    outdated as (
        select held.entity, judged.member_id, held.member_key, count(*) as facts
        from held
        inner join judged on held.entity = judged.entity and held.member_key = judged.member_key
        where judged.has_current_version and not judged.is_current
        group by held.entity, judged.member_id, held.member_key
    )

select *
from outdated
