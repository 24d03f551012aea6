SELECT dispute_id, version, number, event, state, at, detail FROM payments.dispute_moment
WHERE dispute_id = ANY(%(ids)s) ORDER BY dispute_id, version
