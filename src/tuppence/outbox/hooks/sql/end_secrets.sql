-- The newest signs on until then; one that was ending already ends now.
UPDATE outbox.endpoint_secret
SET ends_at = CASE WHEN ends_at = 'infinity' THEN %(at)s ELSE least(ends_at, clock_timestamp()) END
WHERE endpoint_id = %(endpoint_id)s
