SELECT id, conversation_id, seq, sender_id, client_id, kind, body, ref_kind, ref_id, only_for, at FROM chat.message
WHERE (ref_kind, ref_id) IN (SELECT * FROM unnest(%(ref_kind)s::text[], %(ref_id)s::uuid[])) AND only_for IS NOT NULL
ORDER BY conversation_id, seq
