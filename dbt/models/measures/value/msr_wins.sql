with
    judgements as (select * from {{ ref("msr_value_judgements") }} where value_status = 'value_created'),

    recognitions as (select * from {{ ref("stg_recognitions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    initiatives as (select initiative_key, initiative_id from {{ ref("dim_initiative") }} where is_latest),

    -- a source that never gave a recognition says nothing of those that weren't given
    recognition_coverage as (
        select count(*) > 0 as is_known from {{ ref("int_given_kinds") }} where kind = 'recognition'
    ),

    judgements_with_evidence as (
        select
            judgements.*,
            initiatives.initiative_id,
            coalesce(
                judgements.score_verdict = 'created' and judgements.has_direct_score, false
            ) as is_shown_by_key_results,
            coalesce(judgements.money_verdict = 'created', false) as is_shown_by_money
        from judgements
        left join initiatives on judgements.initiative_key = initiatives.initiative_key
    ),

    past_recognitions as (
        select
            case when recognitions.work_item_id is null then 'initiative' else 'deliverable' end as level,
            coalesce(recognitions.work_item_id, recognitions.initiative_id) as entity_id,
            {{ local_date("recognitions.recognised_at", "settings.time_zone") }} as recognised_date
        from recognitions
        cross join settings
        where recognitions.recognised_at <= settings.as_of_at
    ),

    wins_with_recognition as (
        select
            wins.level,
            wins.entity_key,
            case
                when wins.is_shown_by_key_results and wins.is_shown_by_money
                then 'key_results_and_money'
                when wins.is_shown_by_key_results
                then 'key_results'
                else 'money'
            end as shown_by,
            wins.team_key,
            wins.product_key,
            wins.delivery_date,
            min(past_recognitions.recognised_date) as recognised_date
        from judgements_with_evidence as wins
        -- of a deliverable its own and those of its initiative, once it is delivered
        left join
            past_recognitions
            on (
                (wins.level = past_recognitions.level and wins.entity_id = past_recognitions.entity_id)
                or (past_recognitions.level = 'initiative' and wins.initiative_id = past_recognitions.entity_id)
            )
            and past_recognitions.recognised_date >= coalesce(wins.delivery_date, past_recognitions.recognised_date)
        where wins.is_shown_by_key_results or wins.is_shown_by_money
        group by
            wins.level,
            wins.entity_key,
            wins.is_shown_by_key_results,
            wins.is_shown_by_money,
            wins.team_key,
            wins.product_key,
            wins.delivery_date
    ),

    wins as (
        select
            {{ surrogate_key(["wins_with_recognition.level", "wins_with_recognition.entity_key"]) }} as win_key,
            wins_with_recognition.*,
            case
                when recognition_coverage.is_known then wins_with_recognition.recognised_date is not null
            end as is_recognised
        from wins_with_recognition
        cross join recognition_coverage
    )

select *
from wins
