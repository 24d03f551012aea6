SELECT business_id, last_seq FROM outbox.event_line WHERE business_id = ANY(%(businesses)s::uuid[]) ORDER BY business_id FOR UPDATE
