INSERT INTO outbox.event_line (business_id) SELECT business_id FROM unnest(%(businesses)s::uuid[]) AS given (business_id)
ORDER BY business_id ON CONFLICT DO NOTHING
