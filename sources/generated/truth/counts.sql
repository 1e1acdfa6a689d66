-- one row per feed: how many rows it has in the end, each key once and none that was deleted
with
    counted as (
        select 'work_items' as feed, count(*) as rows_in_the_end
        from items
        where created_at < utc((last_day_known() + 1)::timestamp) and coalesce(gone_from > last_day_known(), true)
        union all
        select 'deliverables', count(*)
        from items
        where level = 'deliverable' and coalesce(gone_from > last_day_known(), true)
        union all
        select 'work_item_changes', count(*)
        from item_changes
        union all
        select 'time_entries', count(*)
        from hours
        union all
        select 'ledger_entries', count(*)
        from ledger
        union all
        select
            'survey_responses',
            (select count(*) from team_answers)
            + count(*)
            + count(*) filter (where is_answered_twice)
            + count(*) filter (where is_asked_why)
        from customer_answers
        union all
        select
            'survey_responses of customers',
            count(*) + count(*) filter (where is_answered_twice) + count(*) filter (where is_asked_why)
        from customer_answers
        union all
        select 'support_tickets', count(*)
        from tickets
        union all
        select 'usage_daily', count(*)
        from usage
        union all
        select 'initiatives', count(*)
        from initiatives
        union all
        select 'objectives', count(*)
        from objectives
        union all
        select 'key_results', count(*)
        from key_results
        union all
        select 'releases', count(*)
        from releases
        union all
        select 'benefits', count(*)
        from benefits
    )

select *
from counted
order by feed
