UPDATE billing.game_statement SET state = %(state)s, reason = %(reason)s::text, paid_minor = %(paid_minor)s::bigint,
    paid_currency = %(paid_currency)s::text, paid_rate = %(paid_rate)s::text
WHERE id = %(id)s
