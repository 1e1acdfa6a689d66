-- one row per planted duplicate: what came twice, how, and in which folder; none may be counted twice
with
    landed_again as (
        select 'ledger_entries' as feed, ledger_entry_id as id, 'landed again, the same' as kind, again_in as folder
        from ledger
        where again_in is not null
        union all
        select 'time_entries', time_entry_id, 'landed again, the same', again_in
        from hours
        where again_in is not null
        union all
        select 'survey_responses', response_id, 'landed again, the same', next_folder
        from customer_answers
        where is_landed_again and not is_corrected and next_folder is not null
    ),

    answered_twice as (
        select 'survey_responses', response_id || '-1', 'the same person in one month', folder
        from customer_answers
        where is_answered_twice
    ),

    corrected as (
        select 'ledger_entries', ledger_entry_id, 'corrected under the same key', corrected_in
        from ledger
        where corrected_in is not null
        union all
        select 'survey_responses', response_id, 'corrected under the same key', next_folder
        from customer_answers
        where is_corrected and next_folder is not null
    ),

    all_kinds as (
        select *
        from landed_again
        union all
        select *
        from answered_twice
        union all
        select *
        from corrected
    )

select *
from all_kinds
order by feed, kind, id
