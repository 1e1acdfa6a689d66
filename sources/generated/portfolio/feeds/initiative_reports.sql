select * from raw.initiative_reports
