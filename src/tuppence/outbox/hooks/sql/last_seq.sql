SELECT last_seq FROM outbox.event_line WHERE business_id = %(business_id)s
