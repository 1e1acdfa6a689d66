-- the chart of accounts
select * from accounts order by account_code
