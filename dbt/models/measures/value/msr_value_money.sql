with
    entities as (select * from {{ ref("msr_value_entities") }}),

    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    credits as (select * from {{ ref("fct_benefit_credits") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    initiatives_with_cost as (select initiative_key from {{ ref("msr_initiative_costs") }} where has_cost),

    -- what an initiative hasn't returned may still come back while months of its plan lie ahead
    plans as (
        select
            credits.initiative_key,
            max(cast({{ dbt.last_day("credits.month_start_date", "month") }} as date))
            <= max(settings.as_of_date) as is_plan_over
        from credits
        cross join settings
        where credits.scenario = 'planned' and credits.benefit_type = 'hard'
        group by credits.initiative_key
    ),

    entity_costs as (
        select
            'initiative' as level,
            initiative_key as entity_key,
            sum(allocated_reporting_amount) as cost_reporting_amount,
            count(*) filter (allocation_rule = 'no_rate') as cost_rows_without_rate
        from allocations
        group by initiative_key
        union all
        select
            'deliverable' as level,
            deliverable_key as entity_key,
            sum(allocated_reporting_amount) as cost_reporting_amount,
            count(*) filter (allocation_rule = 'no_rate') as cost_rows_without_rate
        from allocations
        group by deliverable_key
    ),

    credits_by_level as (
        select 'initiative' as level, initiative_key as entity_key, credits.*
        from credits
        union all
        select 'deliverable' as level, deliverable_key as entity_key, credits.*
        from credits
    ),

    entity_benefits as (
        select
            level,
            entity_key,
            count(*) as benefit_rows,
            count(*) filter (is_past and scenario = 'actual' and benefit_type = 'hard') as actual_hard_rows,
            count(*) filter (
                is_past and scenario = 'actual' and benefit_type = 'hard' and credited_reporting_amount is null
            ) as actual_hard_rows_without_rate,
            sum(credited_reporting_amount) filter (
                is_past and scenario = 'actual' and benefit_type = 'hard'
            ) as actual_hard_reporting_amount,
            sum(credited_reporting_amount) filter (
                is_past and scenario = 'actual' and benefit_type = 'soft'
            ) as actual_soft_reporting_amount,
            sum(credited_reporting_amount) filter (
                scenario = 'planned' and benefit_type = 'hard'
            ) as planned_hard_reporting_amount
        from credits_by_level
        group by level, entity_key
    ),

    entity_budgets as (
        select 'initiative' as level, initiative_key as entity_key, sum(budget) as budget_reporting_amount
        from {{ ref("msr_budget_lines") }}
        where is_counted_for_initiative
        group by initiative_key
    ),

    -- without a source that covers the ledger, and without any account of cost, no cost is not a cost of zero
    ledger_coverage as (
        select count(*) > 0 as is_ledger_covered
        from {{ ref("int_feed_days") }}
        where feed = 'ledger_entries' and exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'cost')
    ),

    -- an entry that can't be converted belongs to no deliverable, so those of its initiative can't be complete
    incomplete_initiatives as (
        select entity_key as initiative_key
        from entity_costs
        where level = 'initiative' and cost_rows_without_rate > 0 and entity_key > 0
    ),

    entity_money as (
        select
            entities.level,
            entities.entity_key,
            ledger_coverage.is_ledger_covered
            and incomplete_initiatives.initiative_key is null
            and coalesce(entity_costs.cost_rows_without_rate, 0) = 0 as is_cost_complete,
            case
                when entity_costs.cost_reporting_amount is not null
                then entity_costs.cost_reporting_amount
                when ledger_coverage.is_ledger_covered and coalesce(entity_costs.cost_rows_without_rate, 0) = 0
                then 0
            end as cost_reporting_amount,
            entity_budgets.budget_reporting_amount,
            coalesce(entity_benefits.benefit_rows, 0) > 0 as has_benefit_row,
            coalesce(entity_benefits.actual_hard_rows, 0) > 0
            and coalesce(entity_benefits.actual_hard_rows_without_rate, 0) = 0 as has_actual_hard_benefit,
            initiatives_with_cost.initiative_key is not null as has_cost,
            coalesce(plans.is_plan_over, false) as is_plan_over,
            entity_benefits.actual_hard_reporting_amount,
            entity_benefits.actual_soft_reporting_amount,
            entity_benefits.planned_hard_reporting_amount
        from entities
        cross join ledger_coverage
        left join entity_costs on entities.level = entity_costs.level and entities.entity_key = entity_costs.entity_key
        left join
            entity_benefits
            on entities.level = entity_benefits.level
            and entities.entity_key = entity_benefits.entity_key
        left join
            entity_budgets on entities.level = entity_budgets.level and entities.entity_key = entity_budgets.entity_key
        left join
            initiatives_with_cost
            on entities.level = 'initiative'
            and entities.entity_key = initiatives_with_cost.initiative_key
        left join plans on entities.level = 'initiative' and entities.entity_key = plans.initiative_key
        left join incomplete_initiatives on entities.initiative_key = incomplete_initiatives.initiative_key
    )

select *
from entity_money
