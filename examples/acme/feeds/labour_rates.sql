select * from raw.labour_rates
