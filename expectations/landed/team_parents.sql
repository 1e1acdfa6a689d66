-- one row per team and team above it, itself among them; the special members are above themselves alone
with recursive
    newest as (
        select team_id, parent_team_id
        from feed.teams
        union all
        select team_id, parent_team_id
        from feed.teams_deleted
    ),

    chain as (
        select team_id, team_id as above
        from newest
        union
        select chain.team_id, newest.parent_team_id
        from chain
        inner join newest on newest.team_id = chain.above
        where newest.parent_team_id in (select team_id from newest)
    )
select team_id, above
from chain
union all
select special, special
from (select unnest(['-1', '-2', '-3']) as special)
