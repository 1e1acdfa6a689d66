-- what controlling found of benefits in the quarter; plans come with it
select
    benefit_id,
    initiative_id,
    key_result_id,
    month,
    benefit_type,
    benefit_category,
    scenario,
    amount,
    currency,
    evidence
from benefits
where folder = shown_on()
order by benefit_id, month, scenario
