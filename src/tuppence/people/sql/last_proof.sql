SELECT proof.proven_at
FROM unnest(%(session_id)s::uuid[], %(purpose)s::uuid[], %(digest)s::bytea[]) WITH ORDINALITY
    AS given (session_id, purpose, digest, n)
LEFT JOIN people.proof USING (session_id, purpose, digest)
ORDER BY given.n
