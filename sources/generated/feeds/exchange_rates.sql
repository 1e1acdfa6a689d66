-- the quarter's rates; the first folder has those of the week before, too
select rate_date, currency, rate_to_reporting
from rates
where greatest(folder_of(rate_date), date '2023-09-30') = shown_on()
order by rate_date, currency
