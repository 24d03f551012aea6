SELECT mine.person_id AS viewer, mine.conversation_id, theirs.person_id AS other, unread.count AS unread, mine.read_seq,
    theirs.read_seq AS their_read_seq, theirs.delivered_seq AS their_delivered_seq, last.id, last.seq, last.sender_id,
    last.client_id, last.kind, last.body, last.ref_kind, last.ref_id, last.only_for, last.at
FROM unnest(%(viewer)s::uuid[], %(conversation_id)s::uuid[]) AS given (viewer, conversation_id)
JOIN chat.member AS mine ON mine.person_id = given.viewer AND mine.conversation_id = given.conversation_id
JOIN chat.conversation ON conversation.id = mine.conversation_id
JOIN chat.member AS theirs ON theirs.conversation_id = mine.conversation_id
    AND theirs.person_id = CASE WHEN conversation.low = mine.person_id THEN conversation.high ELSE conversation.low END
LEFT JOIN LATERAL (
    SELECT message.* FROM chat.message
    WHERE message.conversation_id = mine.conversation_id AND (only_for IS NULL OR only_for = mine.person_id)
    ORDER BY seq DESC LIMIT 1
) AS last ON true
CROSS JOIN LATERAL (
    SELECT count(*)::int FROM (
        SELECT FROM chat.message
        WHERE message.conversation_id = mine.conversation_id AND seq > mine.read_seq
            AND sender_id <> mine.person_id AND (only_for IS NULL OR only_for = mine.person_id)
        LIMIT %(unread_most)s
    ) AS asked
) AS unread
WHERE CASE mine.person_id WHEN conversation.low THEN conversation.low_stage ELSE conversation.high_stage END > 0
