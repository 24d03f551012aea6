SELECT person_id, pays_card_id, receives_card_id, receives_bank_id FROM payments.wallet
WHERE person_id = ANY(%(people)s) ORDER BY person_id FOR UPDATE
