-- Metrics group by a member's newest version: a fact left on an older one would split the member's figures.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    member_keys_in_facts as (
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
        union all
        select 'initiative' as entity, initiative_key as member_key
        from {{ ref("fct_cost_allocations") }}
        union all
        select 'team' as entity, team_key as member_key
        from {{ ref("fct_cost_allocations") }}
        union all
        select 'product' as entity, product_key as member_key
        from {{ ref("fct_cost_allocations") }}
        union all
        select 'initiative' as entity, initiative_key as member_key
        from {{ ref("fct_benefit_credits") }}
        union all
        select 'team' as entity, team_key as member_key
        from {{ ref("fct_benefit_credits") }}
        union all
        select 'product' as entity, product_key as member_key
        from {{ ref("fct_benefit_credits") }}
    ),

    versions as (
        select 'initiative' as entity, initiative_key as member_key, initiative_id as member_id, is_latest
        from {{ ref("dim_initiative") }}
        union all
        select 'team' as entity, team_key as member_key, team_id as member_id, is_latest
        from {{ ref("dim_team") }}
        union all
        select 'product' as entity, product_key as member_key, product_id as member_id, is_latest
        from {{ ref("dim_product") }}
    ),

    outdated_keys as (
        select member_keys_in_facts.entity, versions.member_id, member_keys_in_facts.member_key, count(*) as facts
        from member_keys_in_facts
        left join
            versions
            on member_keys_in_facts.entity = versions.entity
            and member_keys_in_facts.member_key = versions.member_key
        where not coalesce(versions.is_latest, false)
        group by member_keys_in_facts.entity, versions.member_id, member_keys_in_facts.member_key
    )

select *
from outdated_keys
