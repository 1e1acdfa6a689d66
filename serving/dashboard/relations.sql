-- Temporary tables for chart queries, created while a page is drawn; they give a query its periods and members.
-- trends: one row per metric, period and member, by the metric's newest definition, with its targets and its change
create temp table trends as
with
    targets as (
        select
            metric_name,
            coalesce(metric_dimension, 'total') as dimension_name,
            coalesce(metric_member_id, 'total') as member_id,
            list(counted_target_value order by counted_target_value) as targets
        from core.dim_key_result
        where metric_name is not null and is_latest
        group by all
    ),
    changes as (
        select metric_name, metric_version, grain, period_start, dimension_name, member_key, compared_with, verdict
        from metrics.fct_metric_comparisons
        where verdict <> 'not_tested'
    )
select
    measured.metric_name,
    measured.metric_version,
    measured.grain,
    measured.period_start,
    measured.dimension_name,
    measured.member_key,
    measured.value,
    measured.n,
    measured.n_excluded,
    measured.lower,
    measured.upper,
    measured.status,
    measured.is_partial,
    changes.compared_with,
    changes.verdict,
    targets.targets
from metrics.fct_metric_values as measured
left join changes using (metric_name, metric_version, grain, period_start, dimension_name, member_key)
left join targets using (metric_name, dimension_name, member_id)
qualify
    row_number() over (
        partition by
            measured.metric_name, measured.grain, measured.period_start, measured.dimension_name, measured.member_key
        order by measured.metric_version desc
    )
    = 1
;

-- initiative_statuses: one row per initiative, with the status of each metric that a list shows
create temp table initiative_statuses as
pivot (select member_key as initiative_key, metric_name, status from trends where dimension_name = 'initiative' and grain = 'all')
on metric_name in ('cost', 'benefit_actual', 'roi', 'roi_planned', 'benefit_realisation_rate', 'on_time_rate')
using any_value(status) as status
group by initiative_key
;

-- periods: the periods that a reader can choose, one row per grain and period up to the as-of day
create temp table periods as
with
    all_periods as (
        select grain, period_start, period_end from metrics.fct_metric_values where dimension_name = 'total'
        union
        select grain, period_start_date, period_end_date from outcomes.value_summary where dimension_name = 'total'
    )
select
    grain,
    period_start,
    max(period_end) as period_end,
    max(period_end) > $as_of + 1 as is_partial
from all_periods
where grain in ('month', 'quarter', 'fiscal_year') and period_start <= $as_of
group by all
;

-- what key results or money say of work
create temp macro verdict_in_words(verdict) as
case verdict when 'created' then 'value created' when 'some' then 'some value' when 'none' then 'no effect' when 'negative' then 'harm' end
;

-- work: one row per deliverable
create temp table work as
select
    entity_key as deliverable_key,
    entity_id as deliverable_id,
    entity_name as deliverable_name,
    initiative_key,
    team_key,
    product_key,
    objective_key,
    value_status,
    value_status_reason,
    is_delivered,
    delivery_date,
    is_late,
    due_date,
    cost_reporting_amount,
    is_cost_complete,
    approved_reporting_amount,
    is_overspent,
    outcome_score,
    score_verdict,
    money_verdict,
    evidence_level
from outcomes.value_realization
where level = 'deliverable'
;

-- initiative_members: one row per initiative, with the teams and products of it and of its work, the objectives that
-- the
-- work is for, and the months in which some was delivered
create temp table initiative_members as
with
    workers as (
        select
            initiative_key,
            list_sort(list(distinct team_key)) as team_key,
            list_sort(list(distinct product_key)) as product_key,
            list_sort(list(distinct objective_key)) as objective_key,
            list_sort(list(distinct cast(date_trunc('month', delivery_date) as date))) as happened_on
        from work
        group by initiative_key
    )
select
    judged.entity_key as initiative_key,
    list_sort(list_distinct([judged.team_key] || coalesce(workers.team_key, []))) as team_key,
    list_sort(list_distinct([judged.product_key] || coalesce(workers.product_key, []))) as product_key,
    workers.objective_key,
    workers.happened_on
from outcomes.value_realization as judged
left join workers on judged.entity_key = workers.initiative_key
where judged.level = 'initiative'
;

-- work_members: one row per deliverable and member that it counts for, the whole portfolio among them
create temp table work_members as
select deliverable_key, 'total' as dimension_name, 0 as member_key from work
union all
select deliverable_key, 'team', team_key from work
union all
select deliverable_key, 'product', product_key from work
union all
select deliverable_key, 'initiative', initiative_key from work
union all
select deliverable_key, 'objective', objective_key from work
;

-- work_periods: one row per deliverable and period in which it was delivered; grain all has a row for each deliverable
create temp table work_periods as
select work.deliverable_key, periods.grain, periods.period_start
from work
inner join periods on work.delivery_date >= periods.period_start and work.delivery_date < periods.period_end
union all
select deliverable_key, 'all', cast(null as date) from work
;
