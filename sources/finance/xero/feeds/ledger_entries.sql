-- lookup: organisations
with
    journals as (select *, row_number() over (partition by journalid order by _record desc) as nth from raw.journals),
    lines as (
        select journals.*, line.entry
        from journals
        left join lateral(select unnest(from_json(journals.journallines, '["json"]')) as entry) as line on true
    ),
    options as (
        select
            entry ->> '$.JournalLineID' as line_id,
            unnest(from_json(entry -> 'TrackingCategories', '["json"]')) ->> '$.Option' as name
        from lines
        where nth = 1
    ),
    tracked as (
        select
            line_id,
            min(getvariable('teams')[name]) as team_id,
            min(getvariable('initiatives')[name]) as initiative_id,
            min(getvariable('products')[name]) as product_id
        from options
        group by line_id
    )
select
    getvariable('source') || ':' || (entry ->> '$.JournalLineID') as ledger_entry_id,
    -- as /Date(1539993600000+0000)/, midnight in UTC
    to_timestamp(regexp_extract(journaldate, '\((-?\d+)', 1)::bigint / 1000)::date as posted_date,
    getvariable('source')
    || ':'
    || coalesce(nullif(entry ->> '$.AccountCode', ''), entry ->> '$.AccountID') as account_code,
    entry ->> '$.NetAmount' as amount,
    (select max(basecurrency) from raw.organisations) as currency,
    tracked.team_id,
    tracked.initiative_id,
    tracked.product_id,
    entry ->> '$.Description' as description,
    case
        when entry is null
        then 'no lines'
        when nth > 1
        then 'merged'
        when (entry ->> '$.NetAmount')::decimal(28, 10) = 0
        then 'no amount'
    end as _excluded,
    _file,
    _record
from lines
left join tracked on (lines.entry ->> '$.JournalLineID') = tracked.line_id
