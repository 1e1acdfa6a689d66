-- A figure says how many rows it had to exclude: each metric's are counted here again, for the whole portfolio.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    check_ins as (
        select distinct
            check_ins.key_result_id,
            cast(timezone(settings.time_zone, timezone('UTC', check_ins.checked_at)) as date) as day
        from {{ ref("stg_key_result_checkins") }} as check_ins
        semi join {{ ref("stg_key_results") }} as goals on check_ins.key_result_id = goals.key_result_id
        cross join settings
        where check_ins.checked_at <= settings.as_of_at
    ),

    unrated_costs as (
        select posted_date, cost_month_date
        from {{ ref("fct_cost_allocations") }}
        where allocated_reporting_amount is null
    ),

    unrated_benefits as (select * from {{ ref("fct_benefits") }} where is_past and benefit_reporting_amount is null),

    initiative_costs as (
        select
            parts.initiative_key,
            sum(parts.allocated_reporting_amount) as cost,
            any_value(costs.has_cost) as has_cost,
            count(*) - count(parts.allocated_reporting_amount) as unrated
        from {{ ref("fct_cost_allocations") }} as parts
        left join {{ ref("msr_initiative_costs") }} as costs on parts.initiative_key = costs.initiative_key
        group by parts.initiative_key
    ),

    counted_lines as (select * from {{ ref("msr_budget_lines") }} where is_counted),

    initiative_budgets as (
        select initiative_key, sum(budget) as budget, sum(rows_unrated) as unrated
        from {{ ref("msr_budget_lines") }}
        where is_counted_for_initiative
        group by initiative_key
    ),

    planned_returns as (
        select
            plans.current_initiative_key as initiative_key,
            sum(plans.benefit_reporting_amount) as planned,
            count(*) - count(plans.benefit_reporting_amount) as unrated,
            any_value(if(initiatives.approved_amount is null, budgets.unrated, 0)) as budgets_unrated,
            any_value(
                if(initiatives.approved_amount is null, budgets.budget, initiatives.approved_reporting_amount)
            ) as cost
        from {{ ref("fct_benefits") }} as plans
        inner join
            {{ ref("dim_initiative") }} as initiatives on plans.current_initiative_key = initiatives.initiative_key
        left join initiative_budgets as budgets on plans.current_initiative_key = budgets.initiative_key
        where plans.scenario = 'planned' and plans.benefit_type = 'hard'
        group by plans.current_initiative_key
    ),

    benefits_to_date as (
        select
            current_initiative_key as initiative_key,
            count(*) filter (scenario = 'planned') as plans,
            sum(if(scenario = 'planned', benefit_reporting_amount, null)) as planned,
            sum(if(scenario = 'actual', benefit_reporting_amount, null)) as actual,
            count(*) - count(benefit_reporting_amount) as unrated
        from {{ ref("fct_benefits") }}
        where is_past and benefit_type = 'hard'
        group by current_initiative_key
    ),

    initiative_benefits as (
        select
            current_initiative_key as initiative_key,
            scenario,
            sum(benefit_reporting_amount) as benefit,
            count(*) - count(benefit_reporting_amount) as unrated
        from {{ ref("fct_benefits") }}
        where is_past and benefit_type = 'hard'
        group by current_initiative_key, scenario
    ),

    -- an initiative that lacks a side is one left out, of the others the rows without a rate are
    initiative_returns as (
        select
            benefits.scenario,
            benefits.benefit is not null and costs.cost is not null as has_both,
            has_both and costs.has_cost as has_return,
            benefits.unrated as benefits_unrated,
            benefits.unrated + coalesce(costs.unrated, 0) as unrated
        from initiative_benefits as benefits
        left join initiative_costs as costs on benefits.initiative_key = costs.initiative_key
    ),

    present_costs as (
        select
            costs.initiative_key,
            sum(
                costs.allocated_reporting_amount / power(
                    1 + cast(settings.discount_rate as double),
                    datediff('month', cast(settings.discount_base_date as date), costs.posted_date) / 12
                )
            ) as present_cost
        from {{ ref("fct_cost_allocations") }} as costs
        cross join settings
        group by costs.initiative_key
    ),

    present_returns as (
        select
            if(
                costs.has_cost and coalesce(present_costs.present_cost > 0, true), benefits.unrated + costs.unrated, 1
            ) as left_out
        from initiative_benefits as benefits
        left join
            initiative_costs as costs on benefits.initiative_key = costs.initiative_key and benefits.benefit is not null
        left join present_costs on benefits.initiative_key = present_costs.initiative_key
        where benefits.scenario = 'actual'
    ),

    deliverables as (
        select
            facts.*,
            facts.delivery_date <= settings.as_of_date as is_known_delivered,
            list_contains(settings.run_item_types, named.item_type) as is_run,
            cast(settings.as_of_date as date) - facts.first_done_date <= 30
            or not facts.is_rework_known as is_rework_open
        from {{ ref("fct_deliverables") }} as facts
        cross join settings
        inner join {{ ref("dim_deliverable") }} as named on facts.deliverable_key = named.deliverable_key
    ),

    whole_months as ({{ whole_months(["support_tickets", "usage_daily"]) }}),

    usage_months as (
        select distinct date_trunc('month', usage_date) as month_start_date
        from {{ ref("fct_active_users") }}
        where
            date_trunc('month', usage_date) in (select month_start_date from whole_months) and dimension_name = 'total'
    ),

    tickets as (select * from {{ ref("fct_support_tickets") }} where is_opened),

    unrated_budgets as (
        select budgets.fiscal_year_start_date, budgets.month_start_date, lines.is_compared
        from {{ ref("fct_budgets") }} as budgets
        inner join
            counted_lines as lines
            on budgets.fiscal_year_start_date = lines.fiscal_year_start_date
            and budgets.account_key = lines.account_key
            and budgets.current_initiative_key = lines.initiative_key
            and budgets.current_team_key = lines.team_key
            and budgets.current_product_key = lines.product_key
        where budgets.is_current_version and budgets.budget_reporting_amount is null
    ),

    exclusions as (
        select
            unnest(
                ['cost', 'covered_cost_share', 'unallocated_cost_share', 'no_value_cost', 'unlinked_cost']
            ) as metric_name,
            posted_date as day,
            1 as left_out
        from unrated_costs
        union all
        select 'aligned_cost_share', cost_month_date, 1
        from unrated_costs
        union all
        select 'benefit_actual', month_start_date, 1
        from unrated_benefits
        where scenario = 'actual' and benefit_type = 'hard'
        union all
        select unnest(['roi', 'payback_months']), null, if(has_return, unrated, 1)
        from initiative_returns
        where scenario = 'actual'
        union all
        select unnest(['net_benefit', 'npv']), null, if(has_both, unrated, 1)
        from initiative_returns
        where scenario = 'actual'
        union all
        select 'bcr', null, left_out
        from present_returns
        union all
        select 'benefit_without_cost', null, benefits_unrated
        from initiative_returns
        where scenario = 'actual' and not has_return is true
        union all
        select
            'roi_planned',
            null,
            if(plans.planned is not null and plans.cost > 0, plans.unrated + coalesce(plans.budgets_unrated, 0), 1)
        from planned_returns as plans
        union all
        select 'benefit_realisation_rate', null, if(planned > 0 and actual is not null, unrated, 1)
        from benefits_to_date
        where plans > 0
        union all
        select 'benefit_actual_soft', month_start_date, 1
        from unrated_benefits
        where scenario = 'actual' and benefit_type = 'soft'
        union all
        select 'benefit_planned', month_start_date, 1
        from unrated_benefits
        where scenario = 'planned' and benefit_type = 'hard'
        union all
        select 'budget', month_start_date, 1
        from unrated_budgets
        union all
        -- a line that lacks its budget or its cost is one left out, of the others the rows without a rate are
        select unnest(['budget_variance', 'cost_forecast']), fiscal_year_start_date, 1
        from counted_lines
        where not is_compared
        union all
        select
            unnest(if(months.month_start_date is null, ['cost_forecast'], ['budget_variance', 'cost_forecast'])),
            budgets.fiscal_year_start_date,
            1
        from unrated_budgets as budgets
        left join {{ ref("msr_compared_months") }} as months on budgets.month_start_date = months.month_start_date
        where budgets.is_compared
        union all
        select unnest(['budget_variance', 'cost_forecast']), lines.fiscal_year_start_date, costs.rows_unrated_to_date
        from {{ ref("msr_budget_costs") }} as costs
        inner join counted_lines as lines on costs.budget_line_key = lines.budget_line_key
        where lines.is_compared
        union all
        select 'unbudgeted_cost', costs.fiscal_year_start_date, costs.rows_unrated
        from {{ ref("msr_budget_costs") }} as costs
        where
            costs.budget_line_key is null
            and costs.fiscal_year_start_date in (select fiscal_year_start_date from {{ ref("msr_unbudgeted_costs") }})
        union all
        select 'revenue', entries.posted_date, 1
        from {{ ref("fct_ledger_entries") }} as entries
        inner join {{ ref("dim_account") }} as accounts on entries.account_key = accounts.account_key
        where accounts.account_type = 'revenue' and entries.is_posted and entries.reporting_amount is null
        union all
        select 'on_time_rate', due_date, 1
        from deliverables
        where is_undated
        union all
        select unnest(['lead_time_days_p50', 'lead_time_days_p85']), delivery_date, 1
        from deliverables
        where is_delivered and lead_time_days is null
        union all
        select 'flow_efficiency', delivery_date, 1
        from deliverables
        where is_delivered and not coalesce(elapsed_days > 0, false)
        union all
        select 'cross_team_share', delivery_date, 1
        from deliverables
        where is_delivered and contributor_teams is null
        union all
        select 'rework_rate', first_done_date, 1
        from deliverables
        where first_done_date is not null and is_rework_open
        union all
        select 'aligned_work_share', delivery_date, 1
        from deliverables
        where is_known_delivered and is_run
        union all
        select 'value_created_share', work.delivery_date, 1
        from {{ ref("value_realization") }} as work
        cross join settings
        where
            work.level = 'deliverable'
            and work.delivery_date <= settings.as_of_date
            and work.value_status in ('unlinked', 'too_early', 'unmeasured', 'not_delivered')
        union all
        select 'time_to_value_days_p50', if(deliverables.is_known_delivered, deliverables.delivery_date, null), 1
        from deliverables
        semi join
            {{ ref("bridge_deliverable_key_result") }} as links
            on deliverables.deliverable_key = links.deliverable_key
            and links.is_outcome
        left join {{ ref("msr_days_to_value") }} as times on deliverables.deliverable_key = times.deliverable_key
        where deliverables.delivery_date is not null and times.days_to_value is null
        union all
        select 'duplicate_work_share', cast(timezone(settings.time_zone, timezone('UTC', created_at)) as date), 1
        from {{ ref("stg_work_items") }}
        cross join settings
        where
            status_category in ('done', 'cancelled')
            and resolution is null
            and coalesce(done_at, created_at) <= settings.as_of_at
        union all
        select survey_type, responded_date, 1
        from {{ ref("int_survey_answers") }}
        where
            survey_type in ('nps', 'csat', 'ces')
            and not coalesce(is_nps_answer or is_csat_answer or is_ces_answer, false)
        union all
        select 'dont_know_share', answers.responded_date, 1
        from {{ ref("int_survey_answers") }} as answers
        where
            answers.survey_type in ('nps', 'csat', 'ces', 'approval')
            and answers.question_id not in (
                select question_id
                from {{ ref("fct_survey_responses") }}
                where is_dont_know and is_score_question and responded_at <= (select as_of_at from settings)
            )
        union all
        select 'approval_rate', responded_date, 1
        from {{ ref("int_survey_answers") }}
        where survey_type = 'approval' and not is_approval_answer
        union all
        select 'first_response_hours_p50', first_response_date, 1
        from tickets
        where is_answered and first_response_hours is null
        union all
        select 'resolution_hours_p85', solved_date, 1
        from tickets
        where is_solved and resolution_hours is null
        union all
        select 'reopen_rate', tickets.solved_date, 1
        from tickets
        cross join settings
        where tickets.is_solved and (settings.as_of_date - tickets.solved_date <= 30 or tickets.is_reopened is null)
        union all
        select 'tickets_per_100_active', tickets.opened_date, 1
        from {{ ref("fct_support_tickets") }} as tickets
        left join usage_months on date_trunc('month', tickets.opened_date) = usage_months.month_start_date
        where tickets.is_opened and usage_months.month_start_date is null
        union all
        select 'action_closure_rate', held_date, 1
        from {{ ref("fct_rituals") }}
        where is_held and actions_raised > 0 and actions_closed is null
        union all
        select 'experiment_decision_change_share', decided_date, 1
        from {{ ref("fct_experiments") }}
        where is_decided and has_changed_decision is null
        union all
        select 'reaction_days_p50', answers.responded_date, 1
        from {{ ref("int_survey_answers") }} as answers
        cross join settings
        where
            (answers.is_detractor or answers.is_dissatisfied)
            and (
                settings.as_of_date - answers.responded_date < settings.observation_window_days
                or answers.responded_date < (
                    select coalesce(min(date_day), date '9999-12-31')
                    from {{ ref("int_feed_days") }}
                    where feed = 'decisions'
                )
            )
        union all
        select 'check_in_change_share', check_ins.day, 1
        from check_ins
        cross join settings
        where
            settings.as_of_date - check_ins.day <= 30
            or check_ins.day < (
                select coalesce(min(date_day), date '9999-12-31')
                from {{ ref("int_feed_days") }}
                where feed = 'decisions'
            )
            or not exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'check_in_decision')
        union all
        select 'recognised_win_share', if(delivery_date <= settings.as_of_date, delivery_date, null), 1
        from {{ ref("msr_wins") }}
        cross join settings
        where not exists (select 1 from {{ ref("int_given_kinds") }} where kind = 'recognition')
        union all
        select 'retention_w4', cohort_date, cohort_users
        from {{ ref("fct_user_cohorts") }}
        where dimension_name = 'total' and days_since_first_use = 0 and not is_counted
    ),

    exclusions_by_period as (
        select metric_name, periods.grain, periods.period_start, left_out
        from exclusions
        inner join {{ ref("int_date_periods") }} as periods on exclusions.day = periods.date_day
        union all
        select metric_name, 'all' as grain, cast(null as date) as period_start, left_out
        from exclusions
    ),

    pilot_starts as (
        select distinct measure, start_date
        from {{ ref("int_pilot_changes") }}
        where side = 'pilot' and change is not null
    ),

    pilot_teams as (
        select
            changes.measure,
            changes.team_key,
            max(if(changes.change is not null and starts.start_date is not null, 1, 0)) as is_compared
        from {{ ref("int_pilot_changes") }} as changes
        left join pilot_starts as starts on changes.measure = starts.measure and changes.start_date = starts.start_date
        group by changes.measure, changes.team_key
    ),

    -- what is known by the last day of a period
    silent_window_days as (
        select
            usage_date,
            unnest(['wau', 'mau', 'stickiness']) as metric_name,
            unnest([7 - wau_window_days, 28 - mau_window_days, 28 - mau_window_days]) as silent_days
        from {{ ref("fct_active_users") }}
        where dimension_name = 'total'
    ),

    unscored_goals as (
        select
            progress.key_result_id,
            row(least(progress.as_of_date, progress.due_date), progress.is_now) as moment,
            least(progress.as_of_date, progress.due_date) as day,
            if(progress.score_status = 'measured', 0, 1) as unscored,
            if(progress.score_status <> 'measured' and key_results.kind = 'outcome', 1, 0) as unscored_outcome
        from {{ ref("fct_key_result_progress") }} as progress
        inner join {{ ref("stg_key_results") }} as key_results on progress.key_result_id = key_results.key_result_id
    ),

    silent_days_at_period_end as (
        select metric_name, grain, period_start, max_by(silent_days, usage_date) as left_out
        from silent_window_days
        inner join {{ ref("int_date_periods") }} as periods on silent_window_days.usage_date = periods.date_day
        group by all
        union all
        select
            metric_name, 'all' as grain, cast(null as date) as period_start, max_by(silent_days, usage_date) as left_out
        from silent_window_days
        group by metric_name
    ),

    unscored_goals_at_period_end as (
        select
            unscored_goals.key_result_id,
            periods.grain,
            periods.period_start,
            max_by(unscored_goals.unscored, unscored_goals.moment) as unscored,
            max_by(unscored_goals.unscored_outcome, unscored_goals.moment) as unscored_outcome
        from unscored_goals
        inner join {{ ref("int_date_periods") }} as periods on unscored_goals.day = periods.date_day
        where periods.grain not in ('day', 'week')
        group by all
        union all
        select
            key_result_id,
            'all' as grain,
            cast(null as date) as period_start,
            max_by(unscored, moment) as unscored,
            max_by(unscored_outcome, moment) as unscored_outcome
        from unscored_goals
        group by key_result_id
    ),

    goals_of_unknown_teams as (
        select links.key_result_id
        from {{ ref("bridge_deliverable_key_result") }} as links
        inner join {{ ref("fct_deliverables") }} as work using (deliverable_key)
        where work.status_category in ('in_progress', 'done')
        group by links.key_result_id
        having max(work.current_team_key) < 0
    ),

    unmeasured_links as (
        select links.deliverable_key_result_key
        from {{ ref("bridge_deliverable_key_result") }} as links
        inner join
            {{ ref("value_realization") }} as work
            on work.level = 'deliverable'
            and links.deliverable_key = work.entity_key
        left join
            {{ ref("fct_key_result_progress") }} as progress
            on links.key_result_id = progress.key_result_id
            and progress.is_now
        where links.is_outcome
        qualify
            not work.is_cost_complete
            or coalesce(progress.score_status, 'none') <> 'measured'
            or coalesce(
                sum(if(work.is_cost_complete, cast(work.cost_reporting_amount as double) * links.cost_share, 0)) over (
                    partition by links.key_result_key, work.initiative_key
                ),
                0
            )
            <= 0
    ),

    expected_exclusions as (
        select metric_name, grain, period_start, sum(left_out) as left_out
        from exclusions_by_period
        group by all
        union all
        select *
        from silent_days_at_period_end
        union all
        select unnest(['key_result_score', 'on_pace_share']), grain, period_start, sum(unscored)
        from unscored_goals_at_period_end
        group by grain, period_start
        union all
        select 'objective_score', grain, period_start, sum(unscored_outcome)
        from unscored_goals_at_period_end
        group by grain, period_start
        union all
        select 'shared_key_result_share', grain, period_start, count(*)
        from unscored_goals_at_period_end
        semi join goals_of_unknown_teams using (key_result_id)
        group by grain, period_start
        union all
        select 'cost_per_outcome', 'all', null, count(*)
        from unmeasured_links
        union all
        select 'pilot_uplift_' || measure, 'all', null, count(*) - sum(is_compared)
        from pilot_teams
        group by measure
    ),

    published_values as (select * from {{ ref("fct_metric_values") }} where dimension_name = 'total')

select
    published_values.metric_name,
    published_values.grain,
    published_values.period_start,
    published_values.n_excluded,
    expected_exclusions.left_out
from published_values
left join
    expected_exclusions
    on published_values.metric_name = expected_exclusions.metric_name
    and published_values.grain = expected_exclusions.grain
    and published_values.period_start is not distinct from expected_exclusions.period_start
where published_values.n_excluded <> coalesce(expected_exclusions.left_out, 0)
