SELECT id, conversation_id, seq, sender_id, client_id, kind, body, ref_kind, ref_id, only_for, at FROM chat.message
WHERE (sender_id, client_id, kind) IN (
    SELECT * FROM unnest(%(sender_id)s::uuid[], %(client_id)s::uuid[], %(kind)s::text[])
)
