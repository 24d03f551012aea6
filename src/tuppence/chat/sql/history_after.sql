SELECT message.id, message.conversation_id, message.seq, message.sender_id, message.client_id, message.kind,
    message.body, message.ref_kind, message.ref_id, message.only_for, message.at
FROM chat.member JOIN chat.message USING (conversation_id)
WHERE member.person_id = %(person_id)s AND member.conversation_id = %(conversation_id)s
    AND (message.only_for IS NULL OR message.only_for = member.person_id)
    AND message.seq > %(after_seq)s
ORDER BY message.seq LIMIT %(limit)s
