SELECT p.id FROM payments.payment AS p
WHERE p.id = ANY(%(ids)s) AND p.amount_minor <= (
    SELECT sum(CASE WHEN d.kind = 'chargeback' THEN d.amount_minor ELSE d.given_minor END)
    FROM payments.dispute AS d WHERE d.subject_id = p.id AND d.state <> 'won'
)
