WITH opened AS (
    INSERT INTO chat.conversation (id, low, high)
    SELECT id, low, high FROM unnest(%(id)s::uuid[], %(low)s::uuid[], %(high)s::uuid[]) AS given (id, low, high) ORDER BY id
    ON CONFLICT DO NOTHING RETURNING id, low, high
)
INSERT INTO chat.member (conversation_id, person_id)
SELECT id, low FROM opened UNION ALL SELECT id, high FROM opened
