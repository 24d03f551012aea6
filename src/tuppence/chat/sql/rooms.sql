SELECT id, low, high, last_seq, low_stage, high_stage FROM chat.conversation
WHERE id = ANY(%(ids)s::uuid[])
