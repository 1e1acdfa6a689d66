-- Of the lines that a line overlaps the broadest holds: another would be blamed for budget that is counted once.
{{ config(meta={"dagster": {"ref": {"name": "budget_lines"}}}) }}

with
    lines as (
        select
            *,
            initiative_key <> -2 as has_initiative,
            (account_key <> -2)::integer
            + (initiative_key <> -2)::integer
            + (team_key <> -2)::integer
            + (product_key <> -2)::integer as members_named
        from {{ ref("budget_lines") }}
    ),

    -- a line that names nothing else than another names covers all of it
    covering_lines as (
        select
            lines.budget_line_key,
            lines.overlapped_line_key,
            broader.budget_line_key as broader_line_key,
            broader.has_initiative,
            broader.members_named
        from lines
        inner join
            lines as broader
            on lines.fiscal_year_start_date = broader.fiscal_year_start_date
            and lines.budget_line_key <> broader.budget_line_key
            and broader.account_key in (-2, lines.account_key)
            and broader.initiative_key in (-2, lines.initiative_key)
            and broader.team_key in (-2, lines.team_key)
            and broader.product_key in (-2, lines.product_key)
    )

select covering_lines.budget_line_key, covering_lines.broader_line_key, covering_lines.overlapped_line_key
from covering_lines
left join lines as overlapped on covering_lines.overlapped_line_key = overlapped.budget_line_key
where
    overlapped.budget_line_key is null
    or (covering_lines.has_initiative, covering_lines.members_named)
    < (overlapped.has_initiative, overlapped.members_named)
