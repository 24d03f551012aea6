-- Those that somebody opened, or was asked about, the latest first; `before`: those after this one in the list.
SELECT id, kind, about, subject_id, owner, case_number, claimant_id, respondent_id, reason, says, amount_minor, currency, state,
    version, opened_at, updated_at, outcome, awarded_minor, given_minor, recovery, answer, asked, respond_by, credit_by,
    decide_by, network_by, decided_by, why
FROM payments.dispute
WHERE (claimant_id = %(person_id)s OR (respondent_id = %(person_id)s AND asked))
    AND (%(before)s::uuid IS NULL
        OR (opened_at, id) < (SELECT opened_at, id FROM payments.dispute WHERE id = %(before)s::uuid))
ORDER BY opened_at DESC, id DESC
LIMIT %(most)s
