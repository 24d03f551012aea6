INSERT INTO people.friend_request (id, asker, asked, state, at)
SELECT * FROM unnest(%(id)s::uuid[], %(asker)s::uuid[], %(asked)s::uuid[], %(state)s::text[], %(at)s::timestamptz[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state
WHERE friend_request.asker = excluded.asker AND friend_request.asked = excluded.asked
