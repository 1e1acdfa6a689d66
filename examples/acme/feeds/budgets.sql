select * from raw.budgets
