SELECT coalesce(sum(owed_minor), 0)::bigint AS net_minor,
    encode(sha256(coalesce(string_agg(uuid_send(id), ''::bytea ORDER BY id), ''::bytea)), 'hex') AS entries
FROM billing.game_entry WHERE business_id = %(business_id)s AND statement_id IS NULL AND day <= %(last)s::date
