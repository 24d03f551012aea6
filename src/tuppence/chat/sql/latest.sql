SELECT member.conversation_id FROM chat.member
JOIN chat.conversation ON conversation.id = member.conversation_id
CROSS JOIN LATERAL (
    SELECT at FROM chat.message
    WHERE message.conversation_id = member.conversation_id AND (only_for IS NULL OR only_for = member.person_id)
    ORDER BY seq DESC LIMIT 1
) AS last
WHERE member.person_id = %(person_id)s
    AND CASE member.person_id WHEN conversation.low THEN conversation.low_stage ELSE conversation.high_stage END = 2
ORDER BY last.at DESC, member.conversation_id LIMIT %(limit)s
