-- Who may not send: a payment of theirs was taken back by their bank, and nobody has made it good.
UPDATE payments.wallet AS w SET paused = EXISTS (
    SELECT FROM payments.dispute AS d
    WHERE d.claimant_id = w.person_id AND d.kind = 'chargeback' AND d.state <> 'won'
      AND d.recovery IN ('none', 'written_off')
)
WHERE w.person_id = ANY(%(people)s)
