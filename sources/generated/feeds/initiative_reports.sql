-- the quarter's reports on initiatives
select initiative_id, reported_at, health, confidence
from initiative_reports
where folder = shown_on()
order by initiative_id, reported_at
