-- what teams held in the quarter
select ritual_id, ritual_type, team_id, held_at, participants, actions_raised, actions_closed
from rituals
where folder = shown_on()
order by ritual_id
