UPDATE chat.member SET delivered_seq = given.delivered_seq, read_seq = given.read_seq
FROM unnest(%(conversation_id)s::uuid[], %(person_id)s::uuid[], %(delivered_seq)s::bigint[], %(read_seq)s::bigint[])
    AS given (conversation_id, person_id, delivered_seq, read_seq)
WHERE member.conversation_id = given.conversation_id AND member.person_id = given.person_id
