INSERT INTO chat.message (conversation_id, seq, id, sender_id, client_id, kind, body, ref_kind, ref_id, only_for, at)
SELECT * FROM unnest(%(conversation_id)s::uuid[], %(seq)s::bigint[], %(id)s::uuid[], %(sender_id)s::uuid[],
    %(client_id)s::uuid[], %(kind)s::text[], %(body)s::text[], %(ref_kind)s::text[], %(ref_id)s::uuid[],
    %(only_for)s::uuid[], %(at)s::timestamptz[])
