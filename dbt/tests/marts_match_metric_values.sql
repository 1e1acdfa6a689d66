-- Three marts are pivots of the metric values: another figure in one of them would be a second definition.
{{ config(tags=["after_outcome_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

{%- set figures = {
    "customer_pulse": [
        "nps",
        "csat",
        "ces",
        "mau",
        "tickets_per_100_active",
        "first_response_hours_p50",
        "resolution_hours_p85",
    ],
    "shift_to_outcomes": [
        "outcome_key_result_share",
        "aligned_work_share",
        "cross_team_share",
        "on_time_rate",
        "delivered",
        "lead_time_days_p50",
        "feedback_cadence_days_p50",
        "action_closure_rate",
    ],
    "alignment": ["aligned_work_share", "aligned_cost_share"],
} -%}

with
    mart_figures as (
        {% for mart, metrics in figures.items() %}
            {% for metric in metrics %}
                select
                    '{{ mart }}' as mart,
                    '{{ metric }}' as metric_name,
                    {% if mart == "shift_to_outcomes" %}
                        quarter_start_date as period_start,
                        side as member_id,
                        case when side = 'all' then 'total' else 'pilot_side' end as dimension_name,
                        null as member_key,
                        null as member_name,
                    {% elif mart == "customer_pulse" %}
                        month_start_date as period_start,
                        coalesce(product_id, 'total') as member_id,
                        dimension_name,
                        case when dimension_name = 'product' then product_key else product_key + 2 end as member_key,
                        product_name as member_name,
                    {% else %} month_start_date as period_start, member_id, dimension_name, member_key, member_name,
                    {% endif %}
                    is_partial,
                    {{ metric }} as value,
                    {{ metric }}_n as n,
                    {{ metric }}_status as status,
                    {% if mart == "customer_pulse" and metric in ("nps", "csat", "ces") %}
                        {{ metric }}_lower as lower, {{ metric }}_upper as upper,
                    {% else %} null as lower, null as upper,
                    {% endif %}
                    {% if metric == "aligned_work_share" and mart == "alignment" %}
                        deliverables_aligned as numerator,
                        deliverables_alignable as denominator,
                        deliverables_run as n_excluded
                    {% elif mart == "alignment" %}
                        aligned_cost_reporting_amount as numerator,
                        alignable_cost_reporting_amount as denominator,
                        null as n_excluded
                    {% else %} null as numerator, null as denominator, null as n_excluded
                    {% endif %}
                from {{ ref(mart) }} {{ "union all" if not loop.last }}
                {% endfor %} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    mart_grains as (
        select *
        from
            (values ('customer_pulse', 'month'), ('alignment', 'month'), ('shift_to_outcomes', 'quarter')) as grains(
                mart, grain
            )
    ),

    metric_figures as (
        select
            shown_metrics.mart,
            metric_values.metric_name,
            metric_values.period_start,
            case
                when mart = 'shift_to_outcomes' and dimension_name = 'total' then 'all' else member_id
            end as member_id,
            metric_values.dimension_name,
            metric_values.member_key,
            metric_values.member_name,
            -- a row is partial if one of its figures is
            count(*) filter (is_partial) over (partition by mart, period_start, dimension_name, member_key)
            > 0 as is_partial,
            metric_values.value,
            metric_values.n,
            metric_values.status,
            metric_values.lower,
            metric_values.upper,
            metric_values.numerator,
            metric_values.denominator,
            metric_values.n_excluded
        from {{ ref("fct_metric_values") }} as metric_values
        inner join
            (
                select distinct mart_figures.mart, mart_figures.metric_name, mart_grains.grain
                from mart_figures
                inner join mart_grains on mart_figures.mart = mart_grains.mart
            ) as shown_metrics
            on metric_values.metric_name = shown_metrics.metric_name
            and metric_values.grain = shown_metrics.grain
        where
            dimension_name = 'total'
            or (mart = 'customer_pulse' and dimension_name = 'product')
            or (mart = 'alignment' and dimension_name in ('team', 'product'))
            or (mart = 'shift_to_outcomes' and dimension_name = 'pilot_side' and member_key > 0)
    )

select
    mart,
    metric_name,
    period_start,
    member_id,
    mart_figures.value,
    metric_figures.value as metric_value,
    -- a row of a mart shows at least one figure
    count(metric_figures.metric_name) over (partition by mart, period_start, dimension_name, member_id) as figures
from mart_figures
full outer join metric_figures using (mart, metric_name, period_start, dimension_name, member_id)
qualify
    figures = 0
    or mart_figures.value is distinct from metric_figures.value
    or mart_figures.n is distinct from coalesce(metric_figures.n, 0)
    or mart_figures.status is distinct from coalesce(metric_figures.status, 'not_measured')
    or (metric_figures.metric_name is not null and mart_figures.is_partial is distinct from metric_figures.is_partial)
    or mart_figures.member_key <> metric_figures.member_key
    or (
        mart <> 'shift_to_outcomes'
        and mart_figures.member_name is distinct from coalesce(metric_figures.member_name, mart_figures.member_name)
    )
    or (
        mart = 'customer_pulse'
        and metric_name in ('nps', 'csat', 'ces')
        and (
            mart_figures.lower is distinct from metric_figures.lower
            or mart_figures.upper is distinct from metric_figures.upper
        )
    )
    or (
        mart = 'alignment'
        and (
            mart_figures.numerator is distinct from metric_figures.numerator
            or mart_figures.denominator is distinct from metric_figures.denominator
            or (
                metric_name = 'aligned_work_share'
                and mart_figures.n_excluded is distinct from metric_figures.n_excluded
            )
        )
    )
