UPDATE vault.reversal SET tries = counted.tries, next_at = counted.next_at,
       case_at = COALESCE(reversal.case_at, counted.case_at)
FROM unnest(%(attempt_id)s::uuid[], %(tries)s::int[], %(next_at)s::timestamptz[], %(case_at)s::timestamptz[])
     AS counted (attempt_id, tries, next_at, case_at)
WHERE reversal.attempt_id = counted.attempt_id
