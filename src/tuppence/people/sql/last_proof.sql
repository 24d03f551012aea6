SELECT proof.proven_at
FROM unnest(%(session_id)s::uuid[], %(purpose)s::uuid[]) WITH ORDINALITY AS given (session_id, purpose, n)
LEFT JOIN people.proof USING (session_id, purpose)
ORDER BY given.n
