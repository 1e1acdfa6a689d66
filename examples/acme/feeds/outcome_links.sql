select * from raw.outcome_links
