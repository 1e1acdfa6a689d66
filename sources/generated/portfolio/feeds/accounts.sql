select * from raw.accounts
