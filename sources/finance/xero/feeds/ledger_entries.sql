-- lookup: organisations
with
    journals as (select *, row_number() over (partition by journalid order by _record desc) as nth from raw.journals),
    lines as (
        select journals.*, line.entry
        from journals
        left join
            lateral(
                -- read once: each further look into a JSON text parses it again
                select
                    unnest(
                        from_json(
                            journals.journallines,
                            '[{"JournalLineID": "VARCHAR", "AccountCode": "VARCHAR", "AccountID": "VARCHAR",
                            "NetAmount": "VARCHAR", "Description": "VARCHAR",
                            "TrackingCategories": [{"Option": "VARCHAR"}]}]'
                        )
                    ) as entry
            ) as line
            on true
    ),
    options as (
        select entry.journallineid as line_id, unnest(entry.trackingcategories).option as name from lines where nth = 1
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
    getvariable('source') || ':' || entry.journallineid as ledger_entry_id,
    -- as /Date(1539993600000+0000)/, midnight in UTC
    to_timestamp(regexp_extract(journaldate, '\((-?\d+)', 1)::bigint / 1000)::date as posted_date,
    getvariable('source') || ':' || coalesce(nullif(entry.accountcode, ''), entry.accountid) as account_code,
    entry.netamount as amount,
    (select max(basecurrency) from raw.organisations) as currency,
    tracked.team_id,
    tracked.initiative_id,
    tracked.product_id,
    entry.description as description,
    case
        when entry is null
        then 'no lines'
        when nth > 1
        then 'merged'
        when entry.netamount::decimal(28, 10) = 0
        then 'no amount'
    end as _excluded,
    _file,
    _record
from lines
left join tracked on lines.entry.journallineid = tracked.line_id
