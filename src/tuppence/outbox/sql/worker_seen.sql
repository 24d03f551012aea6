SELECT max(seen_at) FROM outbox.worker
