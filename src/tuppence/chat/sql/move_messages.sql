UPDATE chat.message SET seq = given.seq, only_for = NULL
FROM unnest(%(sender_id)s::uuid[], %(client_id)s::uuid[], %(kind)s::text[], %(seq)s::bigint[])
    AS given (sender_id, client_id, kind, seq)
WHERE message.sender_id = given.sender_id AND message.client_id = given.client_id AND message.kind = given.kind
