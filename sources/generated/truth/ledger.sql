-- one row per entry: what it belongs to, also where the entry itself doesn't say
select
    ledger_entry_id,
    kind,
    belongs_to_initiative_id as initiative_id,
    work_item_id,
    team_id_at(team_k, date '2020-01-01', posted_date) as team_id,
    format('PRD-{:02d}', product_k + 1) as product_id,
    reverses_ledger_entry_id
from ledger
order by ledger_entry_id
