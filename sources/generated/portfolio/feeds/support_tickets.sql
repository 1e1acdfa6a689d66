select * from raw.support_tickets
