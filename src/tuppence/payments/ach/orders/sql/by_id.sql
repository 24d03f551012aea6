SELECT id, owner, direction, account_id, mandate_id, amount_minor, currency, sec, description, says, clearing, state, tries,
    return_code, made_at, first_settled_on, settles_on, clears_at, updated_at
FROM payments.bank_order
WHERE id = ANY(%(ids)s)
