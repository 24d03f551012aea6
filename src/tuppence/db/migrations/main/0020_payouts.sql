-- 0020 payouts: what businesses are owed leaves for their bank accounts; who agreed, and where it may go.
-- Why: the same entries must never be paid twice, whatever a repeat or an ambiguous failure looks like: they stay with
-- their payout for ever. A changed bank account must be old enough, and known to those who look after the money.
-- Safe to deploy: new tables only.  Undo: drop them, until the first payout exists.
CREATE TABLE payments.payout (
    id uuid PRIMARY KEY,
    owner text NOT NULL,               -- the room that owes; it hears of every change
    business_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    bank_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    account uuid NOT NULL,             -- the ledger account that it is paid from
    entries text NOT NULL,             -- hash of the set of what it pays
    asked_on date NOT NULL,
    pays_on date NOT NULL,             -- the banking day on which it should arrive
    policy_version int NOT NULL,
    state text NOT NULL,
    why text,
    approvals_needed int NOT NULL,
    tries int NOT NULL DEFAULT 0,      -- how often it was sent; each is an order
    order_id uuid,                     -- the latest of them
    settles_on date,
    submitted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payout_pays_once UNIQUE (payee_id, currency, entries),
    CONSTRAINT payout_moves_something CHECK (amount_minor > 0),
    CONSTRAINT payout_state_known CHECK (state IN (
        'scheduled', 'approved', 'submitted', 'submit_unknown', 'accepted', 'paid', 'held', 'blocked', 'carried')),
    CONSTRAINT payout_stopped_says_why CHECK (state NOT IN ('held', 'blocked') OR why IS NOT NULL),
    CONSTRAINT payout_sent_was_submitted CHECK (
        state NOT IN ('submitted', 'submit_unknown', 'accepted', 'paid') OR (tries > 0 AND num_nonnulls(order_id, submitted_at) = 2))
) WITH (fillfactor = 80);
CREATE INDEX payout_of_business ON payments.payout (business_id, created_at, id);
CREATE UNIQUE INDEX payout_by_order ON payments.payout (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE payments.payout_approval (
    payout_id uuid NOT NULL REFERENCES payments.payout (id),
    bank_id uuid NOT NULL,             -- for which account: another one is agreed to anew
    person_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT payout_approval_once_a_person PRIMARY KEY (payout_id, bank_id, person_id)
);

-- Where a business is paid, and since when; the last line counts.
CREATE TABLE payments.payout_destination (
    business_id uuid NOT NULL,
    n int NOT NULL,
    bank_id uuid NOT NULL,
    at timestamptz NOT NULL,
    good_at timestamptz NOT NULL,      -- nothing leaves for it earlier
    CONSTRAINT payout_destination_numbered_once PRIMARY KEY (business_id, n)
);

GRANT SELECT, INSERT, UPDATE ON payments.payout TO tuppence_app;
GRANT SELECT, INSERT ON payments.payout_approval, payments.payout_destination TO tuppence_app;
