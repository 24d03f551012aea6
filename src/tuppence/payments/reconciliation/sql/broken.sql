-- Attempts with a break that is open, or that an operator wrote off: looked at however old they are.
SELECT DISTINCT substr(subject, 9)::uuid FROM payments.break
WHERE rail = %(rail)s AND starts_with(subject, 'attempt:')
  AND (state = 'open' OR (state = 'closed' AND amount_minor <> 0))
