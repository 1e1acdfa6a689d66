with
    settings as (select * from {{ ref("stg_settings") }}),

    deliverables as (select * from {{ ref("fct_deliverables") }}),

    named_deliverables as (select * from {{ ref("dim_deliverable") }}),

    initiatives as (select * from {{ ref("dim_initiative") }} where is_current and initiative_key > 0),

    money as (select * from {{ ref("int_initiative_money") }}),

    -- whether a source speaks for money at all: if none does, no cost is not a cost of zero
    ledger_coverage as (
        select count(*) > 0 as is_ledger_covered from {{ ref("int_feed_days") }} where feed = 'ledger_entries'
    ),

    returns as (
        select member_key, value
        from {{ ref("fct_metric_values") }}
        where metric_name = 'roi' and grain = 'all' and dimension_name = 'initiative' and status = 'measured'
    ),

    deliverable_goals as (
        select
            deliverable_key,
            count(*) filter (is_outcome) as outcome_key_results,
            max(due_date) filter (is_outcome) as last_goal_due_date,
            bool_or(is_outcome and is_direct) as has_direct_evidence
        from {{ ref("int_deliverable_key_results") }}
        group by deliverable_key
    ),

    initiative_goals as (
        select
            initiative_key,
            count(*) filter (is_outcome) as outcome_key_results,
            max(due_date) filter (is_outcome) as last_goal_due_date
        from {{ ref("int_initiative_key_results") }}
        group by initiative_key
    ),

    initiative_work as (
        select
            current_initiative_key as initiative_key,
            count(*) as deliverables,
            count(*) filter (is_delivered) as deliverables_delivered,
            count(*) filter (not is_delivered and not is_cancelled) as deliverables_open,
            count(*) filter (is_on_time) as deliverables_on_time,
            count(*) filter (is_due) as deliverables_due,
            max(delivery_date) as last_delivery_date
        from deliverables
        group by current_initiative_key
    ),

    deliverable_rows as (
        select
            'deliverable' as level,
            deliverables.deliverable_key as entity_key,
            deliverables.work_item_id as entity_id,
            named_deliverables.deliverable_name as entity_name,
            deliverables.current_initiative_key as initiative_key,
            deliverables.current_product_key as product_key,
            deliverables.current_team_key as team_key,
            deliverables.status_category as stage,
            deliverables.is_delivered,
            deliverables.is_cancelled,
            deliverables.delivery_date,
            deliverables.due_date,
            cast(1 as bigint) as deliverables,
            cast(deliverables.is_delivered as bigint) as deliverables_delivered,
            cast(deliverables.is_due as bigint) as deliverables_due,
            cast(deliverables.is_on_time as bigint) as deliverables_on_time,
            cast(null as decimal(28, 4)) as approved_reporting_amount,
            -- filled when cost is allocated to deliverables and benefits are credited to them
            cast(null as decimal(28, 4)) as cost_reporting_amount,
            cast(null as boolean) as is_cost_complete,
            cast(null as decimal(28, 4)) as budget_reporting_amount,
            cast(null as decimal(28, 4)) as benefit_reporting_amount,
            cast(null as decimal(28, 4)) as benefit_soft_reporting_amount,
            cast(null as decimal(28, 4)) as benefit_planned_reporting_amount,
            false as has_benefit_row,
            false as has_actual_hard_benefit,
            coalesce(deliverable_goals.outcome_key_results, 0) as outcome_key_results,
            deliverable_goals.last_goal_due_date,
            case
                when deliverable_goals.has_direct_evidence
                then 'direct'
                when deliverable_goals.outcome_key_results > 0
                then 'inherited'
            end as evidence_level
        from deliverables
        inner join named_deliverables on deliverables.deliverable_key = named_deliverables.deliverable_key
        left join deliverable_goals on deliverables.deliverable_key = deliverable_goals.deliverable_key
    ),

    initiative_rows as (
        select
            'initiative' as level,
            initiatives.initiative_key as entity_key,
            initiatives.initiative_id as entity_id,
            initiatives.initiative_name as entity_name,
            initiatives.initiative_key,
            {{ member_key("initiatives.product_id", "products.product_key") }} as product_key,
            {{ member_key("initiatives.team_id", "teams.team_key") }} as team_key,
            initiatives.stage,
            initiatives.stage = 'done'
            or coalesce(initiatives.ended_at <= settings.as_of_at, false)
            or (
                coalesce(initiative_work.deliverables_delivered, 0) > 0
                and coalesce(initiative_work.deliverables_open, 0) = 0
            ) as is_delivered,
            initiatives.stage = 'cancelled' as is_cancelled,
            case
                when initiatives.ended_at <= settings.as_of_at
                then {{ local_date("initiatives.ended_at", "settings.time_zone") }}
                else initiative_work.last_delivery_date
            end as delivery_date,
            initiatives.planned_end_date as due_date,
            coalesce(initiative_work.deliverables, 0) as deliverables,
            coalesce(initiative_work.deliverables_delivered, 0) as deliverables_delivered,
            coalesce(initiative_work.deliverables_due, 0) as deliverables_due,
            coalesce(initiative_work.deliverables_on_time, 0) as deliverables_on_time,
            initiatives.approved_reporting_amount,
            cast(
                case
                    when money.cost_reporting_amount is not null
                    then money.cost_reporting_amount
                    when ledger_coverage.is_ledger_covered and coalesce(money.cost_rows_without_rate, 0) = 0
                    then 0
                end as decimal(28, 4)
            ) as cost_reporting_amount,
            ledger_coverage.is_ledger_covered and coalesce(money.cost_rows_without_rate, 0) = 0 as is_cost_complete,
            cast(money.budget_reporting_amount as decimal(28, 4)) as budget_reporting_amount,
            cast(money.actual_hard_reporting_amount as decimal(28, 4)) as benefit_reporting_amount,
            cast(money.actual_soft_reporting_amount as decimal(28, 4)) as benefit_soft_reporting_amount,
            cast(money.planned_hard_reporting_amount as decimal(28, 4)) as benefit_planned_reporting_amount,
            coalesce(money.benefit_rows, 0) > 0 as has_benefit_row,
            coalesce(money.actual_hard_rows, 0) > 0
            and coalesce(money.actual_hard_rows_without_rate, 0) = 0 as has_actual_hard_benefit,
            coalesce(initiative_goals.outcome_key_results, 0) as outcome_key_results,
            initiative_goals.last_goal_due_date,
            cast(null as varchar) as evidence_level
        from initiatives
        cross join settings
        cross join ledger_coverage
        left join
            {{ ref("dim_product") }} as products on initiatives.product_id = products.product_id and products.is_current
        left join {{ ref("dim_team") }} as teams on initiatives.team_id = teams.team_id and teams.is_current
        left join money on initiatives.initiative_key = money.initiative_key
        left join initiative_goals on initiatives.initiative_key = initiative_goals.initiative_key
        left join initiative_work on initiatives.initiative_key = initiative_work.initiative_key
    ),

    all_rows as (
        select *
        from deliverable_rows
        union all
        select *
        from initiative_rows
    ),

    measured as (
        select
            all_rows.*,
            settings.as_of_date,
            cast(
                {{ dbt.dateadd("day", "cast(settings.observation_window_days as integer)", "all_rows.delivery_date") }}
                as date
            ) as judged_from_date,
            -- progress of key results isn't measured yet
            cast(null as double) as outcome_score,
            case
                when not (has_actual_hard_benefit and coalesce(is_cost_complete, false))
                then null
                when benefit_reporting_amount < 0
                then 'negative'
                when benefit_reporting_amount = 0
                then 'none'
                when benefit_reporting_amount <= cost_reporting_amount
                then 'some'
                else 'created'
            end as money_verdict
        from all_rows
        cross join settings
    ),

    judged as (
        select
            *,
            case
                when not is_delivered
                then 'not delivered'
                when outcome_key_results = 0 and not has_benefit_row
                then 'unlinked'
                when as_of_date < judged_from_date
                then 'too early'
                when money_verdict = 'created'
                then 'value created'
                when greatest(last_goal_due_date, judged_from_date) > as_of_date
                then 'too early'
                when money_verdict = 'negative'
                then 'negative'
                when money_verdict = 'some'
                then 'some value'
                when money_verdict = 'none'
                then 'no effect'
                else 'unmeasured'
            end as value_status
        from measured
    ),

    explained as (
        select
            judged.*,
            returns.value as roi,
            case
                when value_status = 'not delivered' and is_cancelled
                then 'cancelled'
                when value_status = 'not delivered' and stage = 'unknown'
                then 'its status is unknown'
                when value_status = 'not delivered'
                then 'work is open'
                when value_status = 'unlinked'
                then 'linked to no outcome key result'
                when value_status = 'too early' and as_of_date < judged_from_date
                then 'the observation window is open'
                when value_status = 'too early'
                then 'goal_running'
                when value_status = 'unmeasured' and not has_benefit_row
                then 'no reading of its key results'
                when value_status = 'unmeasured' and has_actual_hard_benefit
                then 'its cost is incomplete'
                when value_status = 'unmeasured'
                then 'no actual hard benefit'
                else 'benefit against cost'
            end as value_status_reason,
            is_delivered and coalesce(delivery_date > due_date, false) as is_late,
            not is_delivered and coalesce(due_date < as_of_date, false) as is_overdue
        from judged
        left join returns on judged.level = 'initiative' and judged.entity_key = returns.member_key
    ),

    placed as (
        select
            {{ surrogate_key(["level", "entity_key"]) }} as value_realization_key,
            level,
            entity_key,
            entity_id,
            entity_name,
            initiative_key,
            product_key,
            team_key,
            stage,
            is_delivered,
            is_cancelled,
            case when is_delivered then delivery_date end as delivery_date,
            due_date,
            is_late,
            deliverables,
            deliverables_delivered,
            deliverables_due,
            deliverables_on_time,
            deliverables_on_time / cast(nullif(deliverables_due, 0) as double) as on_time_share,
            approved_reporting_amount,
            cost_reporting_amount,
            is_cost_complete,
            budget_reporting_amount,
            benefit_reporting_amount,
            benefit_soft_reporting_amount,
            benefit_planned_reporting_amount,
            roi,
            outcome_key_results,
            outcome_score,
            evidence_level,
            judged_from_date,
            value_status,
            value_status_reason,
            case
                when value_status in ('too early', 'unmeasured')
                then 'undetermined'
                when value_status = 'value created' and not is_late
                then 'valued'
                when value_status = 'value created'
                then 'emergent'
                when value_status = 'some value'
                then 'partial'
                when is_delivered
                then 'busywork'
                when is_cancelled or is_overdue
                then 'stalled'
                else 'undetermined'
            end as quadrant
        from explained
    )

select *
from placed
