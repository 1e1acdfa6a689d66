-- Two lists are read without the table behind them: each must have exactly the rows with its judgement.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "no_value_work"}}}) }}

with
    judged_entities as (
        select
            *,
            if(score_verdict = 'created' and has_direct_score, 'key_results', null) as by_key_results,
            if(money_verdict = 'created', 'money', null) as by_money
        from {{ ref("value_realization") }}
    ),

    expected_rows as (
        select
            'no_value_work' as list_name,
            entity_key,
            if(value_status = 'not_delivered', 'cancelled', value_status) as said,
            value_status_reason as detail,
            cost_reporting_amount,
            benefit_reporting_amount,
            delivery_date,
            is_delivered and due_date is not null and not is_late as flag
        from judged_entities
        where
            level = 'deliverable'
            and (value_status in ('no_effect', 'negative') or (value_status = 'not_delivered' and is_cancelled))
        union all
        select
            'wins' as list_name,
            entity_key,
            concat_ws('_and_', by_key_results, by_money) as said,
            entity_name as detail,
            cost_reporting_amount,
            benefit_reporting_amount,
            delivery_date,
            is_late as flag
        from judged_entities
        where value_status = 'value_created' and (by_key_results is not null or by_money is not null)
    ),

    published_rows as (
        select
            'no_value_work' as list_name,
            deliverable_key as entity_key,
            reason as said,
            reason_detail as detail,
            cost_reporting_amount,
            benefit_reporting_amount,
            delivery_date,
            is_on_time as flag
        from {{ ref("no_value_work") }}
        union all
        select
            'wins' as list_name,
            entity_key,
            shown_by as said,
            entity_name as detail,
            cost_reporting_amount,
            benefit_reporting_amount,
            delivery_date,
            is_late as flag
        from {{ ref("wins") }}
    )

select *
from
    (
        select *
        from expected_rows
        except all
        select *
        from published_rows
    )
union all
select *
from
    (
        select *
        from published_rows
        except all
        select *
        from expected_rows
    )
