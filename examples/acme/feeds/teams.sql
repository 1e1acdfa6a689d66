select * from raw.teams
