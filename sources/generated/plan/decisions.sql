-- one row per decision: after one check-in in eight, after three bad answers in five, and after each experiment that
-- changed one
with
    after_check_ins as (
        select
            format('DEC-C-{}-{}', key_result_id, strftime(checked_at, '%Y%m%d')) as decision_id,
            (checked_at::date + between_two('decides', concat(key_result_id, checked_at), 2, 12)::integer)::date
            as decided_on,
            case
                when pick('what', concat(key_result_id, checked_at), 2) = 0 then 'goal_changed' else 'scope_changed'
            end as kind,
            'check_in' as trigger_kind,
            key_result_id as trigger_id,
            'the aim, or the way there' as changed
        from checkins
        where chance('leads to a decision', concat(key_result_id, checked_at)) < 0.125
    ),

    after_answers as (
        select
            'DEC-A-' || response_id as decision_id,
            (responded_at::date + between_two('reacts', response_id, 4, 60)::integer)::date as decided_on,
            (['scope_changed', 'other', 'funding'])[pick('how', response_id, 3) + 1] as kind,
            'answer' as trigger_kind,
            response_id as trigger_id,
            'what the customer complained about' as changed
        from customer_answers
        where
            ((survey_type = 'nps' and true_score <= 6) or (survey_type = 'csat' and true_score <= 2))
            and chance('is heard', response_id) < 0.6
    ),

    after_experiments as (
        select
            'DEC-' || experiment_id as decision_id,
            decided_at::date as decided_on,
            'other' as kind,
            'experiment' as trigger_kind,
            experiment_id as trigger_id,
            hypothesis as changed
        from experiments
        where changed_decision
    ),

    all_decisions as (
        select *
        from after_check_ins
        union all
        select *
        from after_answers
        union all
        select *
        from after_experiments
    )

select *, utc(decided_on::timestamp + interval 21 hour) as decided_at, folder_of(decided_on) as folder
from all_decisions
where decided_on <= last_day_known()
