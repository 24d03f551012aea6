INSERT INTO payments.dispute (
    id, kind, about, subject_id, owner, case_number, claimant_id, respondent_id, reason, says, amount_minor, currency, state,
    version, opened_at, updated_at, outcome, awarded_minor, given_minor, recovery, answer, asked, respond_by, credit_by,
    decide_by, network_by, decided_by, why
)
SELECT * FROM unnest(
    %(id)s::uuid[], %(kind)s::text[], %(about)s::text[], %(subject_id)s::uuid[], %(owner)s::text[],
    %(case_number)s::text[], %(claimant_id)s::uuid[], %(respondent_id)s::uuid[], %(reason)s::text[], %(says)s::text[],
    %(amount_minor)s::bigint[], %(currency)s::text[], %(state)s::text[], %(version)s::int[],
    %(opened_at)s::timestamptz[], %(updated_at)s::timestamptz[], %(outcome)s::text[], %(awarded_minor)s::bigint[],
    %(given_minor)s::bigint[], %(recovery)s::text[], %(answer)s::text[], %(asked)s::boolean[],
    %(respond_by)s::timestamptz[], %(credit_by)s::timestamptz[], %(decide_by)s::timestamptz[], %(network_by)s::date[],
    %(decided_by)s::text[], %(why)s::text[]
)
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, version = excluded.version, updated_at = excluded.updated_at, outcome = excluded.outcome,
    awarded_minor = excluded.awarded_minor, given_minor = excluded.given_minor, recovery = excluded.recovery,
    answer = excluded.answer, asked = excluded.asked, respond_by = excluded.respond_by, credit_by = excluded.credit_by,
    decide_by = excluded.decide_by, network_by = excluded.network_by, decided_by = excluded.decided_by,
    why = excluded.why
