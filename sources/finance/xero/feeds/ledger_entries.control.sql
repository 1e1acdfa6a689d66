with
    journals as (select journalid, arg_max(journallines, _record) as lines from raw.journals group by journalid),
    amounts as (select unnest(from_json(lines, '[{"NetAmount": "DECIMAL(28, 10)"}]'), recursive := true) from journals)
select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from amounts
where netamount <> 0
union all
select 'sum(amount)' as measure, coalesce(sum(netamount), 0) as expected
from amounts
