select * from raw.exchange_rates
