-- one row per account
select *
from
    (
        values
            ('6100', 'Salaries', 'cost', 'labour', false),
            ('6200', 'Contractors', 'cost', 'external', false),
            ('6300', 'Agencies and licences', 'cost', 'external', false),
            ('6400', 'Cloud', 'cost', 'hosting', false),
            ('6500', 'Capitalised development', 'cost', 'labour', true),
            ('6900', 'Rent and administration', 'cost', 'overhead', false),
            ('4000', 'Subscriptions', 'revenue', null, false),
            ('4100', 'Refunds to customers', 'revenue', null, false),
            ('9000', 'Transfers between banks', 'transfer', null, false)
    ) as accounts(account_code, account_name, account_type, cost_category, is_capital)
