SELECT id, kind, about, subject_id, owner, case_number, claimant_id, respondent_id, reason, says, amount_minor, currency, state,
    version, opened_at, updated_at, outcome, awarded_minor, given_minor, recovery, answer, asked, respond_by, credit_by,
    decide_by, network_by, decided_by, why
FROM payments.dispute WHERE subject_id = ANY(%(subjects)s) ORDER BY opened_at, id
