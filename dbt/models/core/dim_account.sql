with
    accounts as (select * from {{ ref("stg_accounts") }}),

    accounts_with_key as (
        select
            {{ surrogate_key(["account_code"]) }} as account_key,
            account_code,
            account_name,
            account_type,
            cost_category,
            coalesce(is_capital, false) as is_capital,
            source_file,
            source_record
        from accounts
    ),

    special_members as (
        select
            member_key as account_key,
            member_id as account_code,
            member_name as account_name,
            'other' as account_type,
            false as is_capital
        from ({{ special_members() }})
    ),

    all_members as (
        select *
        from accounts_with_key
        union all by name
        select *
        from special_members
    )

select *
from all_members
