select * from raw.customers
