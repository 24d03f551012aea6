SELECT member.conversation_id, member.person_id, member.delivered_seq, member.read_seq, conversation.last_seq
FROM unnest(%(conversation_id)s::uuid[], %(person_id)s::uuid[]) AS given (conversation_id, person_id)
JOIN chat.member USING (conversation_id, person_id)
JOIN chat.conversation ON conversation.id = member.conversation_id
WHERE CASE member.person_id WHEN conversation.low THEN conversation.low_stage ELSE conversation.high_stage END > 0
