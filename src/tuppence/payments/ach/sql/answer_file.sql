-- Our bank took a file, and says when it settles, or refused it; the first word stands.
UPDATE payments.bank_file SET state = %(state)s, reason = %(reason)s, sha256 = coalesce(sha256, %(sha256)s),
    settles_on = %(settles_on)s
WHERE id = %(id)s AND state IN ('taken', 'written')
