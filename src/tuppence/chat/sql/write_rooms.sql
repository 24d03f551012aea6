UPDATE chat.conversation
SET last_seq = given.last_seq, low_stage = given.low_stage, high_stage = given.high_stage
FROM unnest(%(id)s::uuid[], %(last_seq)s::bigint[], %(low_stage)s::smallint[], %(high_stage)s::smallint[])
    AS given (id, last_seq, low_stage, high_stage)
WHERE conversation.id = given.id
